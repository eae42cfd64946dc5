/** `npm run check`: types, lint and format, notebook types. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './setup/install.mjs';
import { main, root, runQuiet, step } from './setup/step.mjs';

const node = process.execPath;

await main(async () => {
  await ensurePackages();
  await step('types', () =>
    runQuiet(node, [join(root, 'node_modules/typescript/bin/tsc'), '-b']).then(() => undefined),
  );
  await step('lint and format', () =>
    runQuiet(node, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'ci', '.']).then(() => undefined),
  );
  const folder = join(root, 'notebooks');
  const notebooks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ipynb')) : [];
  await step(`types of ${notebooks.length} notebooks`, async () => {
    if (notebooks.length === 0) return 'no notebook to check';
    await runQuiet(node, [
      join(root, 'kernel/bin/heed.js'),
      'check',
      ...notebooks.map((name) => join('notebooks', name)),
    ]);
    return undefined;
  });
});
