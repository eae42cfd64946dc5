import { existsSync, lstatSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './step.mjs';

/** Where `npm run native` keeps the engine: outside node_modules, so that `npm ci` does not take it away. */
export const nativeFolder = join(root, '.heed/native');

export const nativePackage = (folder) => join(folder, 'tfjs-native');

/** Links the built engine into node_modules, if it is built and npm brought none of its own. True when it is there. */
export function linkNative() {
  const place = join(root, 'node_modules/tfjs-native');
  if (existsSync(join(place, 'package.json'))) return true;
  if (!existsSync(nativePackage(nativeFolder)) || !existsSync(join(root, 'node_modules'))) return false;
  if (lstatSync(place, { throwIfNoEntry: false })) rmSync(place, { recursive: true });
  symlinkSync(nativePackage(nativeFolder), place, 'junction');
  return true;
}
