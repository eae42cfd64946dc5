/** `npm test`: every test, or those whose path contains one of the given words (`npm test -- wire`). */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { ensureBuilt, ensurePackages } from './setup/install.mjs';
import { ensureEnvironment, ensureKernelspec } from './setup/python.mjs';
import { main, root, runLoud, SetupError } from './setup/step.mjs';

function testFiles(words) {
  const all = readdirSync(join(root, 'test'), { recursive: true })
    .filter((path) => path.endsWith('.test.ts'))
    .map((path) => join('test', path).split(sep).join('/'))
    .sort();
  const chosen = words.length === 0 ? all : all.filter((path) => words.some((word) => path.includes(word)));
  if (chosen.length === 0)
    throw new SetupError(`No test file matches ${words.join(', ')}; there are ${all.length} below test/.`);
  return chosen;
}

await main(async (words) => {
  await ensurePackages();
  await ensureBuilt();
  if (process.env.CI) {
    const missing = await ensureEnvironment(['requirements.txt', 'requirements-test.txt']);
    if (missing) throw new SetupError(`With CI set the tests against Jupyter must run, but ${missing}.`);
    await ensureKernelspec();
  }
  const files = testFiles(words);
  console.log(`  ${files.length} test files below ${relative(root, join(root, 'test'))}/`);
  return runLoud(process.execPath, [
    ...['--conditions=heed-source', '--import', 'tsx', '--test', '--test-reporter=spec'],
    // A test that hangs is a failure, not a wait.
    '--test-timeout=600000',
    `--test-concurrency=${Math.max(2, availableParallelism())}`,
    ...files,
  ]);
});
