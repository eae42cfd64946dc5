/** `npm run bench`: the library against its peers (bench/run.ts). */
import { join } from 'node:path';
import { ensurePackages } from './setup/install.mjs';
import { main, root, runLoud } from './setup/step.mjs';

await main(async (args) => {
  await ensurePackages();
  return runLoud(process.execPath, [
    ...['--conditions=heed-source', '--import', 'tsx', join(root, 'bench/run.ts')],
    ...args,
  ]);
});
