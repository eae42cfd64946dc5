import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Dialogue, dialogue } from 'heed';

const many = (seed: number, split?: 'train' | 'validation' | 'test'): Dialogue[] => {
  const random = createRandom(seed);
  return Array.from({ length: 3000 }, () => dialogue(random, split));
};

/** What a dialogue tells: pronoun, name and town of everybody. */
const told = ({ source }: Dialogue) =>
  [...source.matchAll(/my (\w+) is called (\w+) \. (she|he) lives in (\w+) \./g)].map((match) => ({
    relation: match[1],
    name: match[2]!,
    pronoun: match[3]!,
    town: match[4]!,
  }));

test('the answer follows from what was told, and the facts are all that is told', () => {
  for (const talk of many(1)) {
    const facts = told(talk);
    const question = talk.source.match(/(?:what is (her|his) name again|where does (she|he) live) \?$/)!;
    const asked = question[2] ?? (question[1] === 'her' ? 'she' : 'he');
    const who = facts.filter(({ pronoun }) => pronoun === asked);
    assert.equal(who.length, 1, talk.source);
    const right =
      question[1] === undefined
        ? `${asked} lives in ${who[0]!.town} .`
        : `${question[1]} name is ${who[0]!.name} .`;
    assert.equal(talk.target, right);
    assert.ok(talk.target.includes(` ${talk.fact} `));
    const told_ = facts.map(
      (f) => `my ${f.relation} is called ${f.name} . ${f.pronoun} lives in ${f.town} .`,
    );
    assert.equal(talk.source, [...told_, question[0]].join(' '));
  }
});

test('all four questions come equally often, and half of the dialogues tell of two people', () => {
  const talks = many(2);
  for (const question of ['her name', 'his name', 'does she', 'does he']) {
    const share = talks.filter(({ source }) => source.includes(question)).length / talks.length;
    assert.ok(Math.abs(share - 0.25) < 0.04, `${question}: ${share}`);
  }
  const two = talks.filter((talk) => told(talk).length === 2).length / talks.length;
  assert.ok(Math.abs(two - 0.5) < 0.04, `${two}`);
});

test('no pair of name and town of the test set is ever told in training', () => {
  const pairs = (talks: Dialogue[], asked: boolean) =>
    new Set(
      talks.flatMap((talk) => {
        const she = /(her name|does she)/.test(talk.source);
        return told(talk)
          .filter(({ pronoun }) => !asked || (pronoun === 'she') === she)
          .map(({ name, town }) => `${name} ${town}`);
      }),
    );
  const trained = pairs(many(3), false);
  assert.equal(trained.size, 120, 'three fifths of 200 pairs');
  for (const split of ['validation', 'test'] as const) {
    const held = pairs(many(4, split), true);
    assert.equal(held.size, 40, split);
    for (const pair of held) assert.ok(!trained.has(pair), pair);
  }
});

test('the same seed tells the same', () => {
  assert.deepEqual(many(5).slice(0, 50), many(5).slice(0, 50));
  assert.notDeepEqual(many(5).slice(0, 50), many(6).slice(0, 50));
});
