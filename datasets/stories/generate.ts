/**
 * Makes stories.json, or checks the frozen one.
 *
 *   node --import tsx datasets/stories/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import { loadStories } from '../../lib/src/tasks/stories.js';
import { writeStories } from '../../lib/src/tasks/stories-file.js';
import { type FrozenStories, STORY_TASKS } from '../../lib/src/tasks/stories-world.js';
import { grammar } from './words.js';

const FILE = fileURLToPath(new URL('stories.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const EACH = 200;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function generate(): FrozenStories {
  const bare = { name: 'stories', version: 1, ...grammar } as const;
  const stories = loadStories({ ...bare, sample: { count: 0, sha256: '' } });
  const text = STORY_TASKS.map((task) =>
    writeStories(stories.sample(createRandom(task), EACH, { task, split: 'test' })),
  );
  return { ...bare, sample: { count: EACH, sha256: sha256(text.join('')) } };
}

const serialise = (data: FrozenStories): string => `${JSON.stringify(data, null, 1)}\n`;

function write(): void {
  const text = serialise(generate());
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  stories.json\n`);
  console.log(`stories.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `stories.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (serialise(generate()) !== text)
    throw new Error('The generator gives another stories.json than the frozen one: restore one of them.');
  console.log('stories: generated again byte for byte');
}

const [mode = '--check'] = process.argv.slice(2);
if (mode === '--write') write();
else if (mode === '--check') check();
else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
