import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './environment.js';

interface Output {
  readonly output_type: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}
interface Cell {
  readonly cell_type: string;
  readonly id: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly Output[];
}
interface Notebook {
  readonly cells: readonly Cell[];
}

const PLOTLY = 'application/vnd.plotly.v1+json';
const CLAIM = 'application/vnd.heed.claim+json';

/** What differs from the lesson as it stands: the trained network is read from the disk, for training takes as long on any kernel. */
const change = ['const useCheckpoint = false', 'const useCheckpoint = true'] as const;

function lesson(): Notebook {
  const path = join(root, 'notebooks/06-attention-weights.ipynb');
  const notebook = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: [cell.source]
      .flat()
      .join('')
      .replace(...change),
  }));
  assert.ok(
    cells.some(({ source }) => source.includes(change[1])),
    'the lesson has its switch for the network on the disk',
  );
  return { ...notebook, cells };
}

test('a lesson runs on stock tslab, which shows its figures and claims by its own display', async (t) => {
  if (!existsSync(join(root, 'kernel/dist/server.js'))) {
    assert.ok(!process.env.CI, 'with CI set this must run, but the kernel is not built');
    t.skip('the kernel is not built (npm run build)');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'heed tslab '));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'notebooks'));
  for (const shared of ['node_modules', 'datasets', 'notebooks/checkpoints', 'notebooks/results'])
    symlinkSync(join(root, shared), join(folder, shared), 'junction');
  writeFileSync(join(folder, 'notebooks/lesson.ipynb'), JSON.stringify(lesson()));

  const args = ['run', '--kernel', 'tslab', 'notebooks/lesson.ipynb', '--output', 'ran', '--timeout', '240'];
  const child = spawn(process.execPath, [join(root, 'kernel/bin/heed.js'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (log += data));
  const [code] = await once(child, 'close');
  assert.equal(code, 0, log);

  const { cells } = JSON.parse(readFileSync(join(folder, 'ran/lesson.ipynb'), 'utf8')) as Notebook;
  const outputs = cells.flatMap(({ outputs = [] }) => outputs);
  const shown = (type: string) => outputs.flatMap(({ data }) => (data && type in data ? [data[type]] : []));
  assert.ok(shown(PLOTLY).length >= 2, `${shown(PLOTLY).length} figures`);
  for (const figure of shown(PLOTLY)) {
    const { data, layout } = figure as { data: readonly object[]; layout: { title: { text: string } } };
    assert.ok(data.length > 0 && layout.title.text.length > 0);
  }
  assert.ok(shown(CLAIM).length >= 10, `${shown(CLAIM).length} claims`);
  assert.ok(shown(CLAIM).every((claim) => (claim as { holds: boolean }).holds));
  // The words of a figure are printed below it, for readers without plotly.
  const mine = cells.find(({ id }) => id === 'mine')!.outputs!;
  const printed = mine.map(({ text }) => [text ?? ''].flat().join('')).join('');
  assert.match(printed, /vendredi 7 mars 2031 → 2031-03-07\. /);
});
