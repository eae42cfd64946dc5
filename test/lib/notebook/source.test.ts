import assert from 'node:assert/strict';
import { test } from 'node:test';
import { librarySource } from 'heed';

test('a declaration is shown from its comment to the line that closes it', () => {
  const { code } = librarySource('attention/attend.ts', 'attend');
  assert.match(code, /^\/\*\*\n \* Attention:/);
  assert.match(code, /\nexport function attend</);
  assert.ok(code.endsWith('\n}'));
  assert.equal(code.split('\n').filter((line) => line === '}').length, 1, 'one declaration, no more');
});

test('several declarations, constants and one-liners among them, come in the order asked for', () => {
  const { code } = librarySource('attention/score.ts', 'scaledDotScore', 'additiveScores');
  assert.ok(code.indexOf('scaledDotScore') < code.indexOf('additiveScores'));
  assert.match(librarySource('text/tokeniser.ts', 'PADDING').code, /export const PADDING = 0;$/);
});

test('in a notebook it is Markdown that says where the code stands', () => {
  const source = librarySource('attention/attend.ts', 'attend');
  const bundle = source[Symbol.for('Jupyter.display') as keyof typeof source] as unknown as () => Record<
    string,
    string
  >;
  assert.match(
    bundle.call(source)['text/markdown'],
    /^`lib\/src\/attention\/attend\.ts`\n\n```ts\n[\s\S]*\n```$/,
  );
});

test('what does not exist is refused by name', () => {
  assert.throws(() => librarySource('attention/nothing.ts'), /There is no lib\/src\/attention\/nothing\.ts/);
  assert.throws(
    () => librarySource('attention/attend.ts', 'heed'),
    /declares no "heed"; it declares .*attend/,
  );
});
