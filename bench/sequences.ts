/**
 * Training steps of whole sequences (forward, backward, Adam): the fused kernels against stock TensorFlow.js on wasm.
 *
 *     node --conditions=heed-source --import tsx bench/sequences.ts [--rounds 5] [--only lstm] [--json FILE]
 *
 * Stock timings need a process in which nothing is mended, so each engine has a process of its own. The rounds are
 * interleaved and only one process works at a time; printed are medians.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Engine, prepare, type Work, works } from './sequence-works.js';

async function serve(engine: Engine): Promise<void> {
  let current: { name: string; step: () => void } | undefined;
  const start = await prepare(engine);
  process.on('message', (work: Work) => {
    const name = `${work.work} ${work.shape}`;
    if (current?.name !== name) {
      current = { name, step: start(work) };
      current.step();
    }
    const begin = performance.now();
    let count = 0;
    // At least 150 ms or one step.
    do {
      current.step();
      count++;
    } while (performance.now() - begin < 150);
    process.send!((performance.now() - begin) / count);
  });
  process.send!('ready');
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function time(child: ChildProcess, work: Work): Promise<number> {
  child.send(work);
  const [milliseconds] = (await once(child, 'message')) as [number];
  return milliseconds;
}

async function compare(): Promise<void> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' }, json: { type: 'string' } },
  });
  const rounds = Number(values.rounds);
  const engines: Engine[] = ['fused', 'stock layers', 'stock naive'];
  const children = engines.map((engine) => fork(fileURLToPath(import.meta.url), ['--serve', engine]));
  for (const child of children) {
    // Without this the parent would wait for ever; its children end with it.
    child.once('exit', (code) => code && process.exit(code));
  }
  await Promise.all(children.map((child) => once(child, 'message')));
  const rows = [];
  for (const work of works) {
    if (values.only && !work.work.includes(values.only)) continue;
    const times = engines.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, engine] of engines.entries()) {
        if (engine === 'stock layers' && work.work === 'attention-decoder-step') continue;
        times[i]!.push(await time(children[i]!, work));
      }
    }
    const [ours, ...peers] = times;
    for (const [i, peer] of peers.entries()) {
      if (peer.length === 0) continue;
      const [ours_ms, peer_ms] = [median(ours!), median(peer)];
      const row = {
        work: work.work,
        shape: work.shape.join(),
        engine: 'wasm fused',
        ours_ms,
        peer: engines[i + 1]!,
        peer_ms,
      };
      rows.push({ ...row, ratio: peer_ms / ours_ms, rounds });
      console.log(
        `${row.work.padEnd(24)} ${row.shape.padEnd(20)} ${ours_ms.toFixed(1).padStart(8)} ms  ${row.peer.padEnd(12)} ${peer_ms.toFixed(1).padStart(8)} ms  ${(peer_ms / ours_ms).toFixed(1)} x`,
      );
    }
  }
  for (const child of children) child.kill();
  if (values.json) writeFileSync(values.json, JSON.stringify({ rows }, null, 2));
}

const [flag, engine] = process.argv.slice(2);
if (flag === '--serve') await serve(engine as Engine);
else await compare();
