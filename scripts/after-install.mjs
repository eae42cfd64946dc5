/** Last line of `npm ci`: which engine there is, so that a refused native download is said once and plainly. */
import { engineInPlace } from './setup/install.mjs';

console.log(`heed: engine ${engineInPlace()}`);
