#!/usr/bin/env node
// What a kernelspec starts: node heed-kernel.js CONNECTION_FILE
import { startKernel } from '../dist/server.js';

const [connectionFile] = process.argv.slice(2);
if (connectionFile === undefined) {
  console.error('usage: node heed-kernel.js CONNECTION_FILE (Jupyter writes this file and gives its name)');
  process.exit(2);
}
startKernel({ connectionFile }).catch((error) => {
  console.error(`heed: ${error.message}`);
  process.exit(1);
});
