import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createNodeHost } from '../../../kernel/src/convert/node-host.js';

test('a path below a file is not there; it is no failure of the compiler', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heed-'));
  try {
    writeFileSync(join(folder, 'main.js'), '');
    const host = createNodeHost(folder);
    const below = join(folder, 'main.js', 'index.ts');
    assert.equal(host.fileExists(join(folder, 'main.js')), true);
    assert.equal(host.fileExists(below), false);
    assert.equal(host.directoryExists(join(below, 'deeper')), false);
    assert.equal(host.version(below), undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
