import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createConverter } from '../../../kernel/src/convert/converter.js';
import { createNodeHost } from '../../../kernel/src/convert/index.js';
import { CellService } from '../../../kernel/src/convert/service.js';
import { noDeclarations } from '../../../kernel/src/convert/state.js';
import { folder } from './notebook.js';

const place = folder({
  'node_modules/shapes/package.json': JSON.stringify({ name: 'shapes', version: '1.0.0', types: 'i.d.ts' }),
  'node_modules/shapes/i.d.ts':
    'export interface Shape { sides: number }\nexport declare function shape(sides: number): Shape;\nexport declare class Circle { radius: number }\n',
  'nb/local.ts': 'export interface Point { x: number }\nexport const origin = (): Point => ({ x: 0 });\n',
});
const directory = `${place.path}/nb`;
const converter = createConverter(createNodeHost(directory));
after(() => {
  converter.close();
  place.remove();
});

/** How each program follows from the one before, as TypeScript itself says: 2 when nothing but texts has changed. */
const reuses: number[] = [];
const { get } = Object.getOwnPropertyDescriptor(CellService.prototype, 'program')!;
const seen = new WeakSet();
Object.defineProperty(CellService.prototype, 'program', {
  configurable: true,
  get(this: CellService) {
    const program = get!.call(this);
    if (!seen.has(program)) reuses.push((program as { structureIsReused: number }).structureIsReused);
    seen.add(program);
    return program;
  },
});

function structures(cells: readonly string[]): number[] {
  let declarations = noDeclarations;
  return cells.map((cell) => {
    reuses.length = 0;
    const conversion = converter.convert(cell, declarations);
    assert.deepEqual(conversion.diagnostics, [], cell);
    ({ declarations } = conversion);
    return Math.min(...reuses);
  });
}

const imports = [
  "import { shape } from 'shapes'; import { origin } from './local'; const first = shape(3);",
  '1',
];

test('a cell that imports nothing leaves the structure of the program as it was', () => {
  const cells = [
    ...imports,
    'let count = 1; count + 1',
    'const second = shape(4);',
    'const both = [first, second];',
    'interface Named { shape: typeof second; at: ReturnType<typeof origin> }',
    'const named: Named[] = [{ shape: second, at: origin() }];',
    'const again = named.map(({ shape }) => shape); count = again.length;',
    'const count2 = count; const named2 = () => named[0];',
    'let second2 = named2()!.at;',
  ];
  assert.deepEqual(
    structures(cells).slice(imports.length),
    cells.slice(imports.length).map(() => 2),
  );
});

test('a structure lasts for dozens of cells that declare something', () => {
  const cells = Array.from(
    { length: 80 },
    (_, index) => `let name${index % 9} = ${index}; name${index % 9} + 1`,
  );
  const changed = structures(cells).filter((reuse) => reuse !== 2).length;
  assert.ok(changed <= 5, `${changed} of ${cells.length}`);
});

test('what goes through the hub keeps its types, documentation and plain words', () => {
  let declarations = noDeclarations;
  const convert = (cell: string) => {
    const conversion = converter.convert(cell, declarations);
    ({ declarations } = conversion);
    return conversion;
  };
  for (const cell of imports) convert(cell);
  convert('class Box {\n  /** How wide. */\n  width = 1;\n}');
  convert('const make = () => ({ box: new Box(), shape: shape(1) });');
  convert('let made = make();');
  const [wrong] = convert('made = { box: 1, shape: first }').diagnostics;
  assert.equal(wrong?.message, "Type 'number' is not assignable to type 'Box'.");
  const [other] = convert('const text: string = made.shape;').diagnostics;
  assert.equal(other?.message, "Type 'Shape' is not assignable to type 'string'.");
  assert.equal(convert('made.box.width.toFixed(1)').ok, true);
  const shown = converter.inspect('made', 2, declarations)!.signature;
  assert.match(shown, /^let made: \{\n\s+box: Box;\n\s+shape: (import\("[^"]*shapes[^"]*"\)\.)?Shape;\n\}$/);
  assert.equal(converter.inspect('make().box.width', 13, declarations)!.documentation, 'How wide.');
  const { candidates } = converter.complete('ma', 2, declarations);
  assert.deepEqual(
    candidates.map(({ text }) => text).filter((text) => /^(__|ma[dk])/.test(text)),
    ['made', 'make'],
  );
  assert.ok(converter.complete('', 0, declarations).candidates.every(({ text }) => !text.includes('__heed')));
});
