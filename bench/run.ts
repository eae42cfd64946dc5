/**
 * `npm run bench`: training steps, products and decoding of the library against its peers, each engine in a process of its own and
 * the rounds interleaved, so that a busy machine disturbs all alike. Medians.
 *
 *     npm run bench -- [--only lstm-step,gru-step] [--engines wasm,tfjs-wasm] [--rounds 5] [--json FILE] [--python PATH]
 *
 * `--python` names an interpreter that has PyTorch, Keras or both; peers that are missing are named with the reason.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Peer, peerPlans, startPeer } from './peers.js';
import { works } from './works/index.js';
import type { Form, Work } from './works/work.js';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    engines: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    python: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be 1 or more, got ${values.rounds}`);

const matches = (list: string | undefined, name: string) =>
  list === undefined || list.split(',').some((word) => name === word || name.startsWith(`${word}-`));
const chosen = works.filter(({ name }) => matches(values.only, name));
if (chosen.length === 0) {
  throw new Error(`--only ${values.only}: known are ${works.map(({ name }) => name).join(', ')}`);
}

interface Contender {
  readonly peer: Peer;
  readonly form: Form;
  readonly name: string;
}
interface Row {
  readonly work: string;
  readonly shape: string;
  readonly engine: string;
  readonly ours_ms: number;
  readonly peer: string;
  readonly peer_ms: number;
  readonly ratio: number;
  readonly rounds: number;
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[list.length >> 1]!;
const rounded = (value: number) => Number(value.toPrecision(4));

/** Slow engines are no rivals: one round says where they stand. */
const roundsOf = ({ peer }: Contender) => (peer.plan.slow ? 1 : rounds);

/** Medians by contender; those that have no such work, or fail at it, are left out. */
async function compare(work: Work, shape: readonly number[], contenders: readonly Contender[]) {
  const times = new Map<Contender, number[]>();
  const out = new Set<Contender>();
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      if (out.has(contender) || round >= roundsOf(contender)) continue;
      const { peer, form } = contender;
      const ms = await peer.time(work.name, shape, form).catch((error: Error) => {
        console.log(`  ${error.message}`);
        return null;
      });
      if (ms === null) {
        out.add(contender);
        times.delete(contender);
      } else times.set(contender, [...(times.get(contender) ?? []), ms]);
    }
  }
  return new Map([...times].map(([contender, list]) => [contender, median(list)]));
}

function rowsOf(work: string, shape: string, medians: ReadonlyMap<Contender, number>): Row[] {
  const all = [...medians];
  return all
    .filter(([{ peer }]) => peer.plan.ours)
    .flatMap(([mine, ours]) =>
      all
        .filter(([{ peer }]) => !peer.plan.ours)
        .map(([other, theirs]) => ({
          ...{ work, shape, engine: mine.name, ours_ms: rounded(ours) },
          ...{ peer: other.name, peer_ms: rounded(theirs), ratio: rounded(theirs / ours) },
          rounds: Math.min(roundsOf(mine), roundsOf(other)),
        })),
    );
}

const processor = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores`;
console.log(`${processor}, load ${loadavg()[0]!.toFixed(1)}; ${rounds} rounds`);
const peers: Peer[] = [];
const engines: object[] = [];
for (const plan of peerPlans(values.python)) {
  if (!matches(values.engines, plan.name.split(',')[0]!)) continue;
  const peer = await startPeer(plan);
  if (typeof peer === 'string') {
    console.log(`  ${plan.name}: left out, ${peer}`);
    engines.push({ name: plan.name, missing: peer });
    continue;
  }
  peers.push(peer);
  console.log(`  ${plan.name}: ${peer.version}`);
}

const rows: Row[] = [];
try {
  const starts = new Map(
    peers.map((peer) => [{ peer, form: 'fused', name: peer.plan.name } as Contender, peer.startMilliseconds]),
  );
  rows.push(...rowsOf('start-up', '', starts).map((row) => ({ ...row, rounds: 1 })));
  for (const work of chosen) {
    for (const [size, shape] of work.shapes.entries()) {
      const contenders = peers
        .filter(({ plan }) => size === 0 || !plan.slow)
        .flatMap((peer) =>
          peer.plan.forms.map((form) => ({
            peer,
            form,
            name: peer.plan.forms.length === 1 ? peer.plan.name : `${peer.plan.name} ${form}`,
          })),
        );
      const medians = await compare(work, shape, contenders);
      rows.push(...rowsOf(work.name, shape.join(), medians));
      console.log(`${work.name} (${shape.join(', ')}: ${work.axes})`);
      for (const [{ name }, ms] of medians) console.log(`  ${name.padEnd(22)} ${rounded(ms)} ms`);
    }
  }
} finally {
  for (const peer of peers) {
    const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);
    engines.push({
      name: peer.plan.name,
      version: peer.version,
      start_ms: Math.round(peer.startMilliseconds),
      start_rss_mb: megabytes(peer.startRss),
      peak_rss_mb: megabytes(peer.peakRss()),
    });
    peer.stop();
  }
}
console.table(
  engines.filter((engine) => 'start_ms' in engine),
  ['name', 'start_ms', 'start_rss_mb', 'peak_rss_mb'],
);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ processor, engines, rows }, null, 1)}\n`);
}
