import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { caption, captionBeam, captionerGrid, createRandom, initCaptioner } from 'heed';
import { assertClose, onEngines } from '../support/engines.js';
import { picture, tiny } from './tiny-captioner.js';

for (const look of ['soft', 'hard'] as const) {
  onEngines(
    `${look}: a beam of one is greedy; a wider one ends at least as probable; batches change nothing`,
    () => {
      const captioner = initCaptioner(createRandom(4), { ...tiny, look });
      const pictures = Array.from({ length: 5 }, (_, k) => picture(10 + k));
      const before = tf.memory().numTensors;
      const greedy = caption(captioner, pictures, { maxLength: 6 });
      assert.deepEqual(
        caption(captioner, pictures, { maxLength: 6, batchSize: 2 }).map(({ ids }) => ids),
        greedy.map(({ ids }) => ids),
      );
      const narrow = captionBeam(captioner, pictures, { maxLength: 6, width: 1 });
      const wide = captionBeam(captioner, pictures, { maxLength: 6, width: 4, best: 3, batchSize: 2 });
      for (const [k, written] of greedy.entries()) {
        assert.deepEqual(narrow[k]![0]!.ids, written.ids);
        assertClose([narrow[k]![0]!.logProbability], [written.logProbability], 1e-5);
        for (const [t, alpha] of written.alpha.entries()) {
          assert.equal(alpha.length, captionerGrid(captioner.config).regions);
          assertClose(narrow[k]![0]!.alpha[t]!, alpha, 1e-5);
          assertClose([alpha.reduce((sum, value) => sum + value, 0)], [1], 1e-5);
        }
        if (written.ended && wide[k]![0]!.ended)
          assert.ok(wide[k]![0]!.logProbability >= written.logProbability - 1e-5);
        for (let n = 1; n < wide[k]!.length; n++)
          if (wide[k]![n]!.ended) assert.ok(wide[k]![n - 1]!.score >= wide[k]![n]!.score);
      }
      assert.equal(tf.memory().numTensors, before);
    },
  );
}

onEngines('overwritten alpha is what the word then sees, for the right picture of the right batch', () => {
  const captioner = initCaptioner(createRandom(5), tiny);
  // Weights that were never trained may end a caption at once; this one is to write.
  tf.tidy(() => captioner.params.decoder.output.bias.assign(tf.tensor1d([0, 0, -9, 0, 0, 0, 0, 0, 0])));
  const pictures = [picture(20), picture(21), picture(22)];
  const corner = Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1);
  const plain = caption(captioner, pictures, { maxLength: 3 });
  const written = caption(captioner, pictures, {
    maxLength: 3,
    batchSize: 2,
    overwrite: (step, row) => (step === 0 && row === 2 ? corner : undefined),
  });
  assert.deepEqual([...written[2]!.alpha[0]!], [...corner]);
  assertClose(written[0]!.alpha[0]!, plain[0]!.alpha[0]!);
  assert.throws(
    () => caption(captioner, pictures, { look: 'hard', overwrite: () => corner }),
    /only with soft looks/,
  );
});
