import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { type Jupyter, jupyter, python, root } from './environment.js';

/** A step takes seconds; the rest is for a machine that is busy with other tests. */
const PATIENCE = 180_000;
/** Ignored by git; continuous integration keeps them. */
const screens = join(root, '.heed/screens');
const TOKEN = 'of-one-test';

export interface Cell {
  readonly cell_type: 'code' | 'markdown';
  readonly id: string;
  readonly source: string;
}

/**
 * Opens a notebook in a window of its own, beside the packages and data of the course, and works in it. A picture of
 * the window is kept, also where the work fails.
 */
export type Lab = (
  name: string,
  cells: readonly Cell[],
  work: (notebook: NotebookPage) => Promise<void>,
) => Promise<void>;

/** The first of the programs that a Chromium goes by, or undefined. */
function findChromium(): string | undefined {
  const names = [process.env.HEED_CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter(Boolean);
  return names.find((name) => spawnSync(name!, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** JupyterLab with the kernel in it and a Chromium that looks at it, or a skip that says why. */
export async function openLab(t: TestContext): Promise<Lab | undefined> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    const reason = 'there is no Chromium (.ci/run installs one; HEED_CHROMIUM names one)';
    if (process.env.CI) throw new Error(`With CI set the tests in a browser must run, but ${reason}.`);
    t.skip(reason);
    return undefined;
  }
  const here = await jupyter(t, ['jupyterlab', 'plotly']);
  if (!here) return undefined;
  const folder = join(here.folder, 'course', 'notebooks');
  mkdirSync(folder, { recursive: true });
  for (const shared of ['node_modules', 'datasets'])
    symlinkSync(join(root, shared), join(here.folder, 'course', shared), 'junction');
  symlinkSync(join(root, 'notebooks/checkpoints'), join(folder, 'checkpoints'), 'junction');

  const server = await startServer(here, folder);
  let browser: Browser | undefined;
  t.after(async () => {
    await browser?.close();
    await server.stop();
    await nothingLeft(here.folder);
  });
  browser = await chromium.launch({ executablePath: await realPath(executablePath), args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  context.setDefaultTimeout(PATIENCE);
  return async (name, cells, work) => {
    writeFileSync(join(folder, `${name}.ipynb`), JSON.stringify(notebookOf(cells)));
    const page = await context.newPage();
    try {
      // A workspace of its own: JupyterLab would open the windows of another test again.
      const address = `${server.url}/lab/workspaces/${name}/tree/${name}.ipynb?token=${TOKEN}`;
      await page.goto(address, { waitUntil: 'commit' });
      const notebook = new NotebookPage(page);
      await connected(server.url, `${name}.ipynb`);
      await notebook.idle();
      await work(notebook);
    } finally {
      mkdirSync(screens, { recursive: true });
      await page.screenshot({ path: join(screens, `${name}.png`) });
      await page.close();
    }
  };
}

function notebookOf(cells: readonly Cell[]) {
  return {
    cells: cells.map(({ cell_type, id, source }) => ({
      ...{ cell_type, id, source, metadata: {} },
      ...(cell_type === 'code' ? { execution_count: null, outputs: [] } : {}),
    })),
    metadata: { kernelspec: { name: 'heed', display_name: 'TypeScript (Heed)', language: 'typescript' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

// playwright wants a path, not a name on the path.
async function realPath(program: string): Promise<string> {
  if (program.includes('/')) return program;
  return spawnSync('sh', ['-c', `command -v ${program}`])
    .stdout.toString()
    .trim();
}

/** What a visitor would set by hand: no news, and every cell in the page even where it is out of sight. */
const settings = {
  'apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false },
  'notebook-extension/tracker': { windowingMode: 'none' },
};

async function startServer(here: Jupyter, folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const settingsFolder = join(here.folder, 'settings');
  for (const [name, values] of Object.entries(settings)) {
    const path = join(settingsFolder, '@jupyterlab', `${name}.jupyterlab-settings`);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, JSON.stringify(values));
  }
  const port = await getPort({ host: '127.0.0.1' });
  const args = [
    ...['-m', 'jupyterlab', '--no-browser', '--allow-root', '--ip=127.0.0.1', `--port=${port}`],
    ...['--ServerApp.port_retries=0', `--IdentityProvider.token=${TOKEN}`, `--ServerApp.root_dir=${folder}`],
  ];
  const child = spawn(python, args, {
    cwd: folder,
    env: {
      ...here.env,
      JUPYTERLAB_SETTINGS_DIR: settingsFolder,
      JUPYTERLAB_WORKSPACES_DIR: join(here.folder, 'workspaces'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data));
  const url = `http://127.0.0.1:${port}`;
  const end = performance.now() + PATIENCE;
  for (;;) {
    const answered = await fetch(`${url}/api`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return { url, stop: () => stopServer(child) };
    if (child.exitCode !== null || performance.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`JupyterLab did not come up (exit code ${child.exitCode}):\n${log.slice(-4000)}`);
    }
    await sleep(100);
  }
}

/** Until the page talks to a kernel: before that it calls itself idle, and to run a cell asks which kernel is meant. */
async function connected(url: string, notebook: string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end) {
    const answer = await fetch(`${url}/api/sessions?token=${TOKEN}`);
    const sessions = (await answer.json()) as { path: string; kernel: { connections: number } | null }[];
    if (sessions.some(({ path, kernel }) => path === notebook && kernel && kernel.connections > 0)) return;
    await sleep(100);
  }
  throw new Error(`JupyterLab opened no kernel for ${notebook} within ${PATIENCE / 1000} s`);
}

async function stopServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(patience);
}

/** No process whose command line names the folder of this test, such as a kernel with its connection file. */
async function nothingLeft(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  let left: string[] = [];
  for (let i = 0; i < 50; i++) {
    left = readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
    if (left.length === 0) return;
    await sleep(100);
  }
  throw new Error(`processes were left behind: ${left.join(', ')}`);
}

/** An output that is an error, or was printed as one. */
const ERROR = ['error', 'stderr'].map((kind) => `[data-mime-type="application/vnd.jupyter.${kind}"]`).join();

/** A notebook as its reader sees it. */
export class NotebookPage {
  constructor(readonly page: Page) {}

  /** Until the kernel has nothing to do. */
  async idle(): Promise<void> {
    await this.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  }

  cell(index: number): Locator {
    return this.page.locator('.jp-Notebook .jp-CodeCell').nth(index);
  }

  outputs(index: number): Locator {
    return this.cell(index).locator('.jp-OutputArea-output');
  }

  /** What stands before a cell: `[1]:`, `[*]:` while it runs, `[ ]:` where it did not. */
  async prompt(index: number): Promise<string> {
    return (await this.#prompt(index).innerText()).trim();
  }

  /** Runs one cell, which must succeed as the `count`th that the kernel ran. */
  async run(index: number, count: number): Promise<void> {
    await this.enter(index);
    await this.press('run');
    await this.#succeeded(index, count, this.errors(index));
  }

  /** Runs all cells, of which there are `count`; each must succeed. */
  async runAll(count: number): Promise<void> {
    await this.menu('Run', 'Run All Cells');
    await this.#succeeded(count - 1, count, this.page.locator(ERROR).first());
  }

  async #succeeded(index: number, count: number, failed: Locator): Promise<void> {
    const done = this.#prompt(index).filter({ hasText: `[${count}]` });
    await done.or(failed).first().waitFor();
    if (await failed.isVisible()) throw new Error(`a cell failed: ${await failed.innerText()}`);
  }

  #prompt(index: number): Locator {
    return this.cell(index).locator('.jp-InputArea-prompt');
  }

  errors(index: number): Locator {
    return this.cell(index).locator(ERROR);
  }

  /** Until what stands before a cell is as expected. */
  async prompted(index: number, expected: RegExp): Promise<void> {
    await this.#prompt(index).filter({ hasText: expected }).waitFor();
  }

  async menu(name: string, entry: string): Promise<void> {
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: new RegExp(`^${name}$`) }).click();
    await this.page.locator('.lm-Menu-itemLabel', { hasText: new RegExp(`^${entry}$`) }).click();
  }

  async press(button: 'run' | 'interrupt' | 'restart-and-run'): Promise<void> {
    await this.page.locator(`.jp-NotebookPanel-toolbar [data-jp-item-name="${button}"] jp-button`).click();
  }

  /** Puts the cursor into a cell, behind its text. */
  async enter(index: number): Promise<void> {
    await this.cell(index).locator('.cm-content').click();
    await this.page.keyboard.press('ControlOrMeta+End');
  }
}
