import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { jupyter } from './environment.js';

test('jupyter_kernel_test: every test runs and passes but that of the pager, which the kernel has none of', async (t) => {
  const here = await jupyter(t, ['jupyter_kernel_test']);
  if (!here) return;
  const { text } = await here.run([join(import.meta.dirname, 'conformance.py')]);
  const results = [...text.matchAll(/^(test_\w+) .*\.\.\. (\w+)/gm)].map(([, name, result]) => [
    name,
    result,
  ]);
  assert.equal(results.length, 12, text);
  assert.deepEqual(
    results.filter(([, result]) => result !== 'ok'),
    [['test_pager', 'skipped']],
    text,
  );
});
