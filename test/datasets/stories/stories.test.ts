import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRandom } from '../../../lib/src/random/random.js';
import { loadStories } from '../../../lib/src/tasks/stories.js';
import { writeStories } from '../../../lib/src/tasks/stories-file.js';
import { type FrozenStories, STORY_TASKS } from '../../../lib/src/tasks/stories-world.js';

const folder = new URL('../../../datasets/stories/', import.meta.url);
const text = readFileSync(new URL('stories.json', folder), 'utf8');
const card = readFileSync(new URL('card.md', folder), 'utf8');
const frozen = JSON.parse(text) as FrozenStories;

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

test('the file has the hash that SHA256SUMS and the card give', () => {
  assert.equal(readFileSync(new URL('SHA256SUMS', folder), 'utf8'), `${sha256(text)}  stories.json\n`);
  assert.ok(card.includes(sha256(text)));
});

test('the stories that are drawn have the frozen hash', () => {
  const stories = loadStories(frozen);
  const drawn = STORY_TASKS.map((task) =>
    writeStories(stories.sample(createRandom(task), frozen.sample.count, { task, split: 'test' })),
  );
  assert.equal(sha256(drawn.join('')), frozen.sample.sha256);
  assert.ok(card.includes(frozen.sample.sha256));
});

test('no word has two meanings, and none is a name of the bAbI stories', () => {
  const { people, places, things, numbers } = frozen;
  const all = [...people, ...places, ...things, ...numbers].map((word) => word.toLowerCase());
  assert.equal(new Set(all).size, all.length);
  const theirs = ['mary', 'john', 'sandra', 'daniel', 'kitchen', 'garden', 'football', 'apple', 'milk'];
  assert.deepEqual(
    all.filter((word) => theirs.includes(word)),
    [],
  );
  const templates = [...frozen.moves, ...frozen.takes, ...frozen.drops];
  assert.equal(new Set(templates).size, templates.length);
});
