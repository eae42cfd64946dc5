import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cell, type Lab, openLab } from './browser-lab.js';
import { root } from './environment.js';

const code = (...sources: string[]): Cell[] =>
  sources.map((source, index) => ({ cell_type: 'code', id: `cell-${index}`, source }));

/** The first lesson, cut to what leads to its picture of alpha. It reads its trained network from the disk. */
function lesson(): Cell[] {
  const path = join(root, 'notebooks/06-attention-weights.ipynb');
  const { cells } = JSON.parse(readFileSync(path, 'utf8')) as { cells: Cell[] };
  return ['title', 'setup', 'data', 'build', 'train', 'mine'].map((id) => {
    const cell = cells.find((one) => one.id === id);
    assert.ok(cell, `the lesson has no cell "${id}" any more`);
    const source = [cell.source].flat().join('');
    if (id !== 'train') return { ...cell, source };
    const quick = source.replace('const useCheckpoint = false', 'const useCheckpoint = true');
    assert.notEqual(quick, source);
    return { ...cell, source: quick };
  });
}

/** A kernel and a page for each; they share the server and the browser, whose start is most of the time. */
test('JupyterLab in a browser', async (t) => {
  const lab = await openLab(t);
  if (!lab) return;
  await t.test('a lesson: Run All Cells, and its figure is there as SVG', () => figure(lab));
  await t.test('Tab completes names of an earlier cell', () => completion(lab));
  await t.test('Stop ends a training, keeps what it learnt, and nothing is printed afterwards', () =>
    stop(lab),
  );
  await t.test('a failing cell is marked, those after it do not run, and so again after a restart', () =>
    failing(lab),
  );
});

function figure(lab: Lab): Promise<void> {
  const cells = lesson();
  const last = cells.filter(({ cell_type }) => cell_type === 'code').length - 1;
  return lab('lesson', cells, async (notebook) => {
    await notebook.runAll(last + 1);
    // JupyterLab's plotly shows the still image until the mouse comes, then draws in its place.
    await notebook.outputs(last).hover();
    const drawn = notebook.cell(last).locator('svg.main-svg').first();
    await drawn.waitFor();
    const { width, height } = (await drawn.boundingBox())!;
    assert.ok(width > 300 && height > 200, `${width} x ${height}`);
    const still = notebook.cell(last).locator('img.plot-img');
    const stillWidth = await still.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    assert.ok(Math.abs(width - stillWidth) < 100, `a figure ${width} wide, its still image ${stillWidth}`);
    // What was written stands in the title, what was read along the axis, a tick a character.
    const texts = await notebook.cell(last).locator('svg.main-svg text').allTextContents();
    assert.ok(
      texts.some((text) => text.includes('2031-03-07')),
      texts.join(' '),
    );
    for (const letter of 'vendredi') assert.ok(texts.includes(letter), texts.join(' '));
  });
}

function completion(lab: Lab): Promise<void> {
  const cells = code('const lossesOfTraining = [3, 2], lossesOfTest = [4];', 'losses');
  return lab('completion', cells, async (notebook) => {
    await notebook.run(0, 1);
    await notebook.enter(1);
    await notebook.page.keyboard.press('Tab');
    const offered = notebook.page.locator('.jp-Completer .jp-Completer-item');
    await offered.first().waitFor();
    const names = (await offered.allInnerTexts()).map((text) => /lossesOf\w+/.exec(text)?.[0]);
    assert.deepEqual(names.sort(), ['lossesOfTest', 'lossesOfTraining']);
    await offered.filter({ hasText: 'lossesOfTraining' }).click();
    await notebook.page.keyboard.type('.length');
    await notebook.run(1, 2);
    assert.equal((await notebook.outputs(1).innerText()).trim(), '2');
  });
}

const training = code(
  `import * as tf from '@tensorflow/tfjs';
import { cellSignal, train, useBackend } from 'heed';
await useBackend();
const weight = tf.variable(tf.scalar(0));
let made = 0;`,
  `await train({
  params: { weight },
  batches: () => 3,
  loss: (wanted) => tf.square(tf.sub(weight, wanted)).asScalar(),
  steps: 1e9,
  learningRate: 0.1,
  signal: cellSignal(),
  onStep: async ({ step }) => {
    made = step;
    await new Promise((done) => setTimeout(done, 20));
    console.log('step', step);
  },
});`,
  '[made, weight.dataSync()[0]! > 0]',
);

function stop(lab: Lab): Promise<void> {
  return lab('training', training, async (notebook) => {
    await notebook.run(0, 1);
    await notebook.enter(1);
    await notebook.press('run');
    await notebook.outputs(1).filter({ hasText: 'step 10' }).waitFor();
    const pressed = performance.now();
    await notebook.press('interrupt');
    await notebook.prompted(1, /\[2\]/);
    const seconds = (performance.now() - pressed) / 1000;
    assert.ok(seconds < 10, `it took ${seconds} s`);
    await sleep(300);
    const printed = await notebook.outputs(1).allInnerTexts();
    assert.match(printed.join(''), /Interrupted: cell 2 was stopped/);
    await sleep(1000);
    assert.deepEqual(await notebook.outputs(1).allInnerTexts(), printed);
    await notebook.run(2, 3);
    const kept = await notebook.outputs(2).innerText();
    assert.ok(Number(/\[ (\d+), true \]/.exec(kept)?.[1]) >= 10, kept);
  });
}

const failingCells = code(
  'const seen = globalThis as { visits?: number };\nseen.visits = (seen.visits ?? 0) + 1',
  "throw new RangeError('meant')",
  "console.log('never')",
);

function failing(lab: Lab): Promise<void> {
  return lab('failing', failingCells, async (notebook) => {
    const check = async () => {
      await notebook.prompted(1, /\[2\]/);
      await notebook.idle();
      assert.match(await notebook.errors(1).innerText(), /RangeError: meant[\s\S]*cell 2:1/);
      // A second visit of the same kernel would count on.
      assert.equal((await notebook.outputs(0).innerText()).trim(), '1');
      assert.equal(await notebook.prompt(2), '[ ]:');
      assert.equal(await notebook.outputs(2).count(), 0);
    };
    await notebook.menu('Run', 'Run All Cells');
    await check();
    await notebook.press('restart-and-run');
    await notebook.page.locator('.jp-Dialog .jp-mod-accept').click();
    // The same will stand there again: first it has to go.
    await notebook.prompted(0, /\[[ *]\]/);
    await check();
  });
}
