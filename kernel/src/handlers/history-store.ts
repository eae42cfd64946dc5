import { chmodSync, closeSync, mkdirSync, openSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'node-sqlite3-wasm';

type Sqlite = typeof import('node-sqlite3-wasm');

/** A cell that ran: the number of its session, its execution count, its source, its result as text. */
export interface HistoryEntry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  readonly output: string | undefined;
}

/** What a cell leaves; its result is known later than its source. */
export interface HistoryDraft {
  readonly line: number;
  readonly input: string;
  output?: string;
}

export interface HistoryOptions {
  /** Where it is kept between sessions; without it, or when it cannot be used, in memory alone. */
  readonly file?: string;
  log(line: string): void;
  /** Surrounds work with the file, which an interrupt must not end half way. */
  shield<T>(work: () => T): T;
}

/** IPython's own tables, so that its tools can read the file. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (session INTEGER PRIMARY KEY AUTOINCREMENT, start TIMESTAMP, end TIMESTAMP,
    num_cmds INTEGER, remark TEXT);
  CREATE TABLE IF NOT EXISTS history (session INTEGER, line INTEGER, source TEXT, source_raw TEXT,
    PRIMARY KEY (session, line));
  CREATE TABLE IF NOT EXISTS output_history (session INTEGER, line INTEGER, output TEXT, PRIMARY KEY (session, line));
`;
const COLUMNS =
  'h.session AS session, h.line AS line, h.source_raw AS input, o.output AS output FROM history h LEFT JOIN output_history o ON o.session = h.session AND o.line = h.line';

/** Milliseconds after a cell until it is written: typing goes before bookkeeping. */
const DELAY = 1000;
/** Milliseconds that a lock of another kernel is waited for, and after which it counts as left by one that was killed. */
const PATIENCE = 200;
const STALE = 10_000;
/** Results beyond this many characters are cut: a history is for reading. */
const LONGEST_OUTPUT = 10_000;

// The kernel's own timer must not be taken for that of a cell.
const { setTimeout: later } = globalThis;

/** The cells of this session and of earlier ones. Never throws: a history is not worth a lost cell. */
export class HistoryStore {
  readonly #options: HistoryOptions;
  #file: string | undefined;
  #drafts: HistoryDraft[] = [];
  /** Everything of this session, for the case that the file fails later. */
  readonly #session: HistoryDraft[] = [];
  #database: Database | undefined;
  #sqlite: Promise<Sqlite> | undefined;
  #number = 0;
  #planned = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#file = options.file;
  }

  add(line: number, input: string): HistoryDraft {
    const draft: HistoryDraft = { line, input };
    this.#drafts.push(draft);
    this.#session.push(draft);
    if (!this.#planned) {
      this.#planned = true;
      later(() => {
        this.#planned = false;
        void this.flush();
      }, DELAY).unref();
    }
    return draft;
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    if (this.#drafts.length > 0) await this.#use(() => undefined, undefined);
  }

  tail(count: number): Promise<HistoryEntry[]> {
    const sql = `SELECT ${COLUMNS} ORDER BY h.session DESC, h.line DESC LIMIT ?`;
    return this.#query(sql, [Math.max(0, count)], { reversed: true });
  }

  /** Lines `start` up to `stop`, which is not included; session 0 is this one, -1 the one before. */
  range(session: number, start: number, stop: number | undefined): Promise<HistoryEntry[]> {
    const sql = `SELECT ${COLUMNS} WHERE h.session = ? AND h.line >= ? AND h.line < ? ORDER BY h.line`;
    const values = () => [
      session > 0 ? session : this.#number + session,
      start,
      stop ?? Number.MAX_SAFE_INTEGER,
    ];
    return this.#query(sql, values, { reversed: false });
  }

  /** The last `count` cells that fit a pattern with `*` and `?`, oldest first. */
  search(
    pattern: string,
    count: number | undefined,
    options: { readonly unique: boolean },
  ): Promise<HistoryEntry[]> {
    // In SQLite a row that stands beside max() is the one that has the maximum.
    const grouped = options.unique ? 'GROUP BY h.source_raw HAVING max(h.session * 1000000 + h.line)' : '';
    const sql = `SELECT ${COLUMNS} WHERE h.source_raw GLOB ? ${grouped} ORDER BY h.session DESC, h.line DESC LIMIT ?`;
    return this.#query(sql, [pattern, count ?? -1], { reversed: true });
  }

  async close(): Promise<void> {
    await this.flush();
    if (!this.#database) return;
    await this.#use((database) => {
      database.run('UPDATE sessions SET end = ?, num_cmds = ? WHERE session = ?', [
        new Date().toISOString(),
        this.#session.length,
        this.#number,
      ]);
    }, undefined);
    try {
      this.#database.close();
    } catch {
      // The process ends.
    }
  }

  #query(
    sql: string,
    values: (string | number)[] | (() => (string | number)[]),
    { reversed }: { readonly reversed: boolean },
  ): Promise<HistoryEntry[]> {
    return this.#use((database) => {
      const rows = database.all(sql, typeof values === 'function' ? values() : values);
      const entries = rows.map(
        (row) => ({ ...row, output: row.output ?? undefined }) as unknown as HistoryEntry,
      );
      return reversed ? entries.reverse() : entries;
    }, []);
  }

  /** Works on a database in which everything so far is written: the file, or one in memory if that fails. */
  async #use<T>(work: (database: Database) => T, fallback: T): Promise<T> {
    this.#sqlite ??= loadSqlite();
    try {
      const sqlite = await this.#sqlite;
      return this.#options.shield(() => {
        try {
          return this.#patiently(() => {
            this.#database ??= this.#open(sqlite);
            this.#write(this.#database);
            return work(this.#database);
          });
        } catch (error) {
          if (this.#file === undefined) throw error;
          this.#options.log(
            `heed: the history ${this.#file} cannot be used and is kept in memory: ${(error as Error).message}`,
          );
          this.#file = undefined;
          this.#database = undefined;
          this.#drafts = [...this.#session];
          this.#database = this.#open(sqlite);
          this.#write(this.#database);
          return work(this.#database);
        }
      });
    } catch (error) {
      this.#options.log(`heed: no history: ${(error as Error).message}`);
      return fallback;
    }
  }

  #open(sqlite: Sqlite): Database {
    if (this.#file !== undefined) {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      closeSync(openSync(this.#file, 'a', 0o600));
      chmodSync(this.#file, 0o600);
    }
    const database = new sqlite.Database(this.#file);
    database.exec(SCHEMA);
    const { lastInsertRowid } = database.run('INSERT INTO sessions (start) VALUES (?)', [
      new Date().toISOString(),
    ]);
    this.#number = Number(lastInsertRowid);
    return database;
  }

  #write(database: Database): void {
    if (this.#drafts.length === 0) return;
    database.exec('BEGIN');
    try {
      for (const { line, input, output } of this.#drafts) {
        database.run('INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)', [
          this.#number,
          line,
          input,
          input,
        ]);
        if (output !== undefined)
          database.run('INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)', [
            this.#number,
            line,
            output.slice(0, LONGEST_OUTPUT),
          ]);
      }
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
    this.#drafts = [];
  }

  /** The lock is a folder beside the file, which a kernel that was killed leaves behind. */
  #patiently<T>(work: () => T): T {
    for (const end = Date.now() + PATIENCE; ; ) {
      try {
        return work();
      } catch (error) {
        if (!/locked|busy/i.test((error as Error).message) || this.#file === undefined) throw error;
        const lock = `${this.#file}.lock`;
        const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
        if (made !== undefined && Date.now() - made > STALE) rmdirSync(lock);
        else if (Date.now() > end) throw error;
        else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  }
}

/** Loaded with the first use: WebAssembly takes a tenth of a second. It is CommonJS, whose names Node does not find. */
async function loadSqlite(): Promise<Sqlite> {
  const loaded = (await import('node-sqlite3-wasm')) as Sqlite & { readonly default?: Sqlite };
  return loaded.default ?? loaded;
}
