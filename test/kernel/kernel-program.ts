// The kernel from its sources, for tests: what bin/heed-kernel.js is for the built one.
import { startKernel } from '../../kernel/src/server.js';

startKernel({ connectionFile: process.argv[2]! }).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
