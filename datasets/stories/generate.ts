/**
 * Makes stories.json, or checks the frozen one.
 *
 *   node --import tsx datasets/stories/generate.ts [--check | --write]      (--check without an argument)
 */
import { createRandom } from '../../lib/src/random/random.js';
import { loadStories } from '../../lib/src/tasks/stories.js';
import { writeStories } from '../../lib/src/tasks/stories-file.js';
import { type FrozenStories, STORY_TASKS } from '../../lib/src/tasks/stories-world.js';
import { runGenerator, sha256 } from '../generator.js';
import { grammar } from './words.js';

const EACH = 200;

function generate(): FrozenStories {
  const bare = { name: 'stories', version: 1, ...grammar } as const;
  const stories = loadStories({ ...bare, sample: { count: 0, sha256: '' } });
  const text = STORY_TASKS.map((task) =>
    writeStories(stories.sample(createRandom(task), EACH, { task, split: 'test' })),
  );
  return { ...bare, sample: { count: EACH, sha256: sha256(text.join('')) } };
}

runGenerator({ url: import.meta.url, generate, indent: 1 });
