import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  BONES,
  createRandom,
  type FrozenActions,
  GESTURES,
  JOINTS,
  jointsOf,
  loadActions,
  poseFrames,
  STANDING,
} from 'heed';

const file = new URL('../../../datasets/actions/actions.json', import.meta.url);
const frozen = JSON.parse(readFileSync(file, 'utf8')) as FrozenActions;
const actions = loadActions(frozen);
const at = (joints: ArrayLike<number>, name: (typeof JOINTS)[number]) => {
  const i = 2 * JOINTS.indexOf(name);
  return [joints[i]!, joints[i + 1]!] as const;
};

test('bones keep their lengths in every pose that leaves the trunk as it is', () => {
  const length = (joints: readonly number[], [a, b]: readonly [number, number]) =>
    Math.hypot(joints[2 * a]! - joints[2 * b]!, joints[2 * a + 1]! - joints[2 * b + 1]!);
  const standing = jointsOf(STANDING);
  const random = createRandom(1);
  for (let i = 0; i < 50; i++) {
    const pose = jointsOf({
      ...STANDING,
      upper: [random.uniform(0, 180), random.uniform(0, 180)],
      fore: [random.uniform(-90, 180), random.uniform(-90, 180)],
      knees: random.uniform(0, 60),
    });
    for (const bone of BONES)
      assert.ok(Math.abs(length(pose, bone) - length(standing, bone)) < 1e-12, bone.join());
  }
});

test('an arm that points is level, one that is raised is above the head, one that hangs is straight down', () => {
  const pose = (angle: number) => jointsOf({ ...STANDING, upper: [0, angle], fore: [0, angle] });
  const [level, up, down] = [pose(90), pose(180), pose(0)];
  assert.ok(Math.abs(at(level, 'right wrist')[1] - at(level, 'right shoulder')[1]) < 1e-12);
  assert.ok(at(level, 'right wrist')[0] > at(level, 'right elbow')[0]);
  assert.ok(at(up, 'right wrist')[1] > at(up, 'head')[1]);
  assert.ok(Math.abs(at(down, 'right wrist')[0] - at(down, 'right shoulder')[0]) < 1e-12);
});

test('knees bent by 60 degrees halve the height of the hips', () => {
  const [, standing] = at(jointsOf(STANDING), 'left hip');
  const [, crouching] = at(jointsOf({ ...STANDING, knees: 60 }), 'left hip');
  assert.ok(Math.abs(crouching / standing - 0.5) < 1e-12);
});

test('without fidgets, what moves most moves in the stretch', () => {
  for (const { joints, stretch: known, label, time } of actions.sample(createRandom(2), 120, { fidget: 0 })) {
    const stretch = known!;
    // Which joint and axis tell each gesture, and in which direction; the larger of the two sides.
    const sides = (name: 'wrist' | 'hip', axis: 0 | 1, t: number) =>
      (['left', 'right'] as const).map((side) => at(pose(t), `${side} ${name}`)[axis]);
    const pose = (t: number) => joints.subarray(t * 26, (t + 1) * 26);
    const sign = {
      wave: (t: number) => Math.max(...sides('wrist', 1, t)),
      point: (t: number) => Math.max(...sides('wrist', 1, t)),
      raise: (t: number) => Math.min(...sides('wrist', 1, t)),
      clap: (t: number) => -Math.abs(sides('wrist', 0, t)[0]! - sides('wrist', 0, t)[1]!),
      nod: (t: number) =>
        (at(pose(t), 'left shoulder')[1] + at(pose(t), 'right shoulder')[1]) / 2 - at(pose(t), 'head')[1],
      crouch: (t: number) => -Math.min(...sides('hip', 1, t)),
    }[GESTURES[label]!];
    const values = Array.from({ length: time }, (_, t) => sign(t));
    const most = values.indexOf(Math.max(...values));
    assert.ok(most >= stretch[0] && most < stretch[1], `${GESTURES[label]}: ${most} of ${stretch}`);
  }
});

test('gesture and fidgets do not overlap', () => {
  for (const { stretch, fidgets, time } of actions.sample(createRandom(3), 200)) {
    const taken = [stretch!, ...fidgets].flatMap(([a, b]) => Array.from({ length: b - a }, (_, k) => a + k));
    assert.equal(new Set(taken).size, taken.length);
    assert.ok(taken.every((t) => t >= 0 && t < time));
  }
});

test('frames know nothing of place and size, and nothing of other frames', () => {
  const [clip] = actions.sample(createRandom(4), 1);
  const frames = poseFrames(clip!);
  const moved = clip!.joints.map((value, i) => 1.3 * value + (i % 2 === 0 ? 2 : 0));
  poseFrames({ ...clip!, joints: moved }).forEach((value, i) => {
    assert.ok(Math.abs(value - frames[i]!) < 1e-4);
  });
  const other = clip!.joints.slice();
  other.fill(0.3, 30 * 26, 30 * 26 + 2);
  const changed = poseFrames({ ...clip!, joints: other });
  for (let i = 0; i < frames.length; i++)
    if (i < 30 * 26 || i >= 31 * 26) assert.equal(changed[i], frames[i]);
});

test('a clip without a gesture has the label after the last, no stretch, and nobody moves much in it', () => {
  for (const clip of actions.sample(createRandom(6), 20, { nothing: 1, fidget: 0 })) {
    assert.equal(clip.label, GESTURES.length);
    assert.equal(clip.stretch, null);
    const heights = Array.from({ length: clip.time }, (_, t) => at(clip.joints.subarray(t * 26), 'head')[1]);
    assert.ok(Math.max(...heights) - Math.min(...heights) < 0.08);
  }
});

test('the same seed gives the same clips; choices that cannot be are refused', () => {
  assert.deepEqual(actions.sample(createRandom(5), 2), actions.sample(createRandom(5), 2));
  const random = createRandom(1);
  assert.throws(() => actions.sample(random, 0), /0 clips: expected a whole number from 1/);
  assert.throws(() => actions.sample(random, 1, { time: 30 }), /30 poses: expected a whole number from 40/);
  assert.throws(() => actions.sample(random, 1, { fidget: 2 }), /fidget of 2/);
  assert.throws(() => actions.sample(random, 1, { nothing: -1 }), /share from 0 to 1, got -1/);
  assert.throws(() => loadActions({ ...frozen, gestures: ['wave'] }), /with wave\./);
});
