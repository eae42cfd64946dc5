/** The place of one shared name. Until its first assignment, reading it throws as for any `let`. */
export interface Box {
  readonly name: string;
  v: unknown;
}

class EmptyBox {
  constructor(readonly name: string) {}

  get v(): unknown {
    throw new ReferenceError(`Cannot access '${this.name}' before initialization`);
  }

  set v(value: unknown) {
    fill(this, value);
  }
}

const fill = (box: object, value: unknown): void => {
  Object.defineProperty(box, 'v', { value, writable: true, enumerable: true, configurable: true });
};

/** What a converted cell is called with. */
export interface CellContext {
  box(name: string): Box;
  declare(box: Box, value: unknown): void;
  importName(box: Box, module: object, key: string): void;
  readonly modules: readonly object[];
  readonly import: (specifier: string) => Promise<unknown>;
  readonly meta: object;
  readonly require?: unknown;
  readonly module?: unknown;
  readonly exports?: unknown;
  readonly __filename?: string;
  readonly __dirname?: string;
  /** Names that this run has assigned so far; after a throw the others are lost. */
  readonly assigned: ReadonlySet<string>;
}

/** What the executor adds for one run of a cell. */
export type CellSurroundings = Pick<
  CellContext,
  'modules' | 'import' | 'meta' | 'require' | 'module' | 'exports' | '__filename' | '__dirname'
>;

/** The values of a notebook's top-level names. */
export class Scope {
  readonly #boxes = new Map<string, Box>();

  /** Each box is of a class of its own, by which V8 keeps what it learns of one name's values apart from all others. */
  box(name: string): Box {
    let box = this.#boxes.get(name);
    if (box === undefined) {
      box = new (class extends EmptyBox {})(name);
      this.#boxes.set(name, box);
    }
    return box;
  }

  /** Names that hold a value. */
  names(): string[] {
    return [...this.#boxes.values()].filter((box) => Object.hasOwn(box, 'v')).map((box) => box.name);
  }

  get(name: string): unknown {
    const box = this.#boxes.get(name);
    return box !== undefined && Object.hasOwn(box, 'v') ? box.v : undefined;
  }

  set(name: string, value: unknown): void {
    fill(this.box(name), value);
  }

  /** The argument of one run of a converted cell. */
  context(surroundings: CellSurroundings): CellContext {
    const assigned = new Set<string>();
    return {
      ...surroundings,
      assigned,
      box: (name) => this.box(name),
      declare: (box, value) => {
        fill(box, value);
        assigned.add(box.name);
      },
      importName: (box, module, key) => {
        fill(box, (module as Record<string, unknown>)[key]);
        assigned.add(box.name);
      },
    };
  }
}

/** V8 quotes the code in messages such as `$$f.v is not a function`; this gives the name as the author wrote it. */
export function readableMessage(message: string): string {
  return message
    .replace(/\(0 ?, (\${2,}[\p{ID_Continue}$]+)\.v\)/gu, '$1.v')
    .replace(/\${2,}([\p{ID_Continue}$]+)\.v\b/gu, '$1');
}
