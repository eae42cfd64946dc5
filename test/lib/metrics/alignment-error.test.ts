import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AlignmentLink, alignmentErrorRate, linksOf, misalignedShare, pointingAccuracy } from 'heed';

const links = (text: string) =>
  text.split(' ').map((pair) => pair.split('-').map(Number) as unknown as AlignmentLink);

test('alignment error rate by hand: sure, possible and wrong links', () => {
  // A = 0-0 1-1 2-3, S = 0-0 1-1 2-2, P = S and 2-3: 1 - (2 + 3) / (3 + 3)
  const sentence = { links: links('0-0 1-1 2-3'), sure: links('0-0 1-1 2-2'), possible: links('2-3') };
  assert.ok(Math.abs(alignmentErrorRate([sentence]) - 1 / 6) < 1e-15);
  assert.equal(alignmentErrorRate([{ links: links('0-0'), sure: links('0-0'), possible: [] }]), 0);
  assert.equal(alignmentErrorRate([{ links: links('0-1'), sure: links('0-0') }]), 1);
  // Sums over sentences, not a mean of rates.
  const right = { links: links('0-0'), sure: links('0-0') };
  assert.ok(Math.abs(alignmentErrorRate([sentence, right]) - (1 - 7 / 8)) < 1e-15);
});

test('without possible links it is 1 - F1; a link given twice counts once; only possible links cost nothing', () => {
  const link = fc.tuple(fc.nat(3), fc.nat(3));
  fc.assert(
    fc.property(fc.array(link, { minLength: 1 }), fc.array(link, { minLength: 1 }), (given, sure) => {
      const a = new Set(given.map(String));
      const s = new Set(sure.map(String));
      const common = [...a].filter((key) => s.has(key)).length;
      const [precision, recall] = [common / a.size, common / s.size];
      const f1 = common === 0 ? 0 : (2 * precision * recall) / (precision + recall);
      assert.ok(Math.abs(alignmentErrorRate([{ links: given, sure }]) - (1 - f1)) < 1e-12);
      assert.equal(alignmentErrorRate([{ links: [...sure, ...given], sure, possible: given }]), 0);
    }),
  );
});

test('links of alpha are the largest of each row; the simple form is one minus pointing accuracy', () => {
  const alpha = [
    [0.7, 0.3, 0],
    [0.2, 0.2, 0.6],
  ];
  assert.deepEqual(linksOf(alpha), [
    [0, 0],
    [2, 1],
  ]);
  const spans = [[0, 1], [0, 2], null, [1, 2]] as const;
  const sources = [[0], [0, 1], [], [1]];
  assert.ok(
    Math.abs(misalignedShare([{ alpha, sources }]) - (1 - pointingAccuracy([{ alpha, spans }]))) < 1e-15,
  );
  assert.equal(misalignedShare([{ alpha, sources: [[0], [0, 2]] }]), 0);
});

test('what is no alignment is an error', () => {
  assert.throws(() => alignmentErrorRate([]), /no links/);
  assert.throws(() => alignmentErrorRate([{ links: [[0, -1]], sure: [] }]), /Link 0--1/);
  assert.throws(() => alignmentErrorRate([{ links: [[0.5, 1]], sure: [] }]), /Link 0.5-1/);
  assert.throws(() => misalignedShare([{ alpha: [[1]], sources: [[]] }]), /not defined/);
  assert.throws(() => misalignedShare([{ alpha: [[Number.NaN]], sources: [[0]] }]), /NaN/);
});
