/** `npm run notebooks`: every notebook of the course, headlessly. `-- --write` stores the outputs; names choose some; other options go to `heed run`. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ensureBuilt, ensurePackages } from './setup/install.mjs';
import { main, root, runLoud, SetupError } from './setup/step.mjs';

/** The notebooks whose names contain one of the words; without words all. */
function chooseNotebooks(words) {
  const folder = join(root, 'notebooks');
  const all = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.ipynb'))
        .sort()
    : [];
  const chosen = words.length === 0 ? all : all.filter((name) => words.some((word) => name.includes(word)));
  if (chosen.length === 0) {
    const asked = words.length === 0 ? '' : ` with ${words.join(' or ')} in its name`;
    throw new SetupError(`notebooks/ holds no notebook${asked}; a run of nothing proves nothing.`);
  }
  return chosen.map((name) => join('notebooks', name));
}

await main(async (args) => {
  // Words before the first option choose notebooks; from the first option on all is for `heed run`.
  const at = args.findIndex((arg) => arg.startsWith('-'));
  const words = (at < 0 ? args : args.slice(0, at)).map((word) => basename(word));
  const options = at < 0 ? [] : args.slice(at);
  const notebooks = chooseNotebooks(words);
  await ensurePackages();
  await ensureBuilt();
  return runLoud(process.execPath, [join(root, 'kernel/bin/heed.js'), 'run', ...notebooks, ...options]);
});
