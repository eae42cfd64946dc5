// Run by corpus.test.ts in a process with little heap: a pair of files through all stages of a stream.
import { createRandom } from '../../../lib/src/random/random.js';
import { readParallel } from '../../../lib/src/text/corpus.js';
import { bucketStream, encodePairs, shuffleStream } from '../../../lib/src/text/streams.js';
import { createVocabulary } from '../../../lib/src/text/vocabulary.js';

const [source, target] = process.argv.slice(2) as [string, string];
const random = createRandom(1);
const words = createVocabulary(['ein mann liest das buch', 'äpfel'], { kind: 'word' });
const encoded = encodePairs(readParallel({ source, target }), { source: words, target: words });
const shuffled = shuffleStream(encoded, { size: 1000, random });
let pairs = 0;
let buffers = 0;
for await (const batch of bucketStream(shuffled, { batch: 64, window: 10, random })) {
  pairs += batch.length;
  buffers = Math.max(buffers, process.memoryUsage().arrayBuffers);
}
process.stdout.write(JSON.stringify({ pairs, bufferMegabytes: buffers / 2 ** 20 }));
