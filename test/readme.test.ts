import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test("the README's program runs as it stands, with fewer steps", () => {
  const [, program] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  assert.ok(program?.includes('steps: 350'), 'the README has a program that trains for 350 steps');
  mkdirSync(join(root, '.heed'), { recursive: true });
  const folder = mkdtempSync(join(root, '.heed/readme-'));
  try {
    const file = join(folder, 'program.ts');
    writeFileSync(file, program.replace('steps: 350', 'steps: 15'));
    const run = spawnSync(process.execPath, ['--conditions=heed-source', '--import', 'tsx', file], {
      cwd: root,
      encoding: 'utf8',
      timeout: 120_000,
    });
    assert.equal(run.status, 0, run.stderr);
    const [, loss, answer] = /^loss ([\d.]+): (.*)$/m.exec(run.stdout) ?? [];
    assert.ok(
      Number(loss) < 2.8,
      `15 steps bring the loss below a guess among 15 symbols, ${Math.log(15)}: ${run.stdout}`,
    );
    assert.match(answer, /^[-\d]+$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('every local link and picture of the README exists', () => {
  const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target]) => target);
  assert.ok(targets.length > 5);
  assert.deepEqual(
    targets.filter((target) => !existsSync(join(root, target))),
    [],
  );
});

test('every npm script and heed command that the README names exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [, name] of readme.matchAll(/npm run (\w+)/g)) assert.ok(scripts[name], `npm run ${name}`);
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'kernel/bin/heed.js'), '--help'], {
    encoding: 'utf8',
  });
  assert.equal(status, 0);
  for (const [, name] of readme.matchAll(/npx heed (\w+)/g))
    assert.match(stdout, new RegExp(`\\b${name}\\b`));
});
