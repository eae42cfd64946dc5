import type { Random } from '../random/random.js';
import { blend, JOINTS, jointsOf, type Pose, STANDING } from './actions-pose.js';
import { placeApart, type Stretch } from './stretches.js';

export const GESTURES = ['wave', 'point', 'raise', 'clap', 'nod', 'crouch'] as const;
export type Gesture = (typeof GESTURES)[number];

/** `datasets/actions/actions.json` */
export interface FrozenActions {
  readonly name: 'actions';
  readonly version: number;
  /** Poses a second. */
  readonly rate: number;
  readonly gestures: readonly Gesture[];
  /** Of `count` clips, in thousandths of a body's height: guards the drawing against changing unseen. */
  readonly sample: { readonly count: number; readonly sha256: string };
}

/** A clip of a person who stands about and makes one gesture. */
export interface Action {
  /** Which gesture: index of `gestures`; one beyond the last where none is made. */
  readonly label: number;
  /** Number of poses. */
  readonly time: number;
  /** `[time, 13, 2]`: x to the right and y up of each of `JOINTS`, in body heights of an average person. */
  readonly joints: Float32Array;
  /** The poses of the gesture, start ... end - 1; null where none is made. */
  readonly stretch: Stretch | null;
  /** The poses of each fidget: a movement that is begun and not made. */
  readonly fidgets: readonly Stretch[];
}

export interface ActionsChoice {
  /** Poses a clip, at least 40. Default 60, five seconds. */
  readonly time?: number;
  /** How much of a gesture a fidget is, from 0 to 1. Default 0.5. */
  readonly fidget?: number;
  /**
   * Share of clips without a gesture. Default 0. Without any, a network can learn one gesture as what it is when it sees no
   * other, and then looks anywhere for it.
   */
  readonly nothing?: number;
}

/** The task: which gesture does the person make somewhere in the clip? When is known. */
export interface Actions {
  /** Names of the labels. */
  readonly gestures: readonly string[];
  readonly rate: number;
  /** `count` independent clips. @throws RangeError for a count, length or fidget that cannot be */
  sample(random: Random, count: number, choice?: ActionsChoice): Action[];
}

const SHORTEST = 40;
const FIDGETS = 2;
// What a camera's estimate of a joint is off by, in body heights.
const JITTER = 0.006;

/**
 * Makes the task from its frozen file. Source: `datasets/actions/card.md`; clips are drawn when asked for.
 *
 * @param frozen parsed content of `datasets/actions/actions.json`
 * @throws Error when it is not that
 */
export function loadActions(frozen: FrozenActions): Actions {
  if (frozen?.name !== 'actions' || frozen.version !== 1 || frozen.gestures?.join() !== GESTURES.join())
    throw new Error(
      `Not the actions: expected name "actions", version 1, with ${GESTURES.join(', ')}; got ${JSON.stringify(frozen?.name)}, ${JSON.stringify(frozen?.version)}, with ${frozen?.gestures?.join(', ') ?? 'none'}.`,
    );
  const { rate } = frozen;
  return {
    gestures: GESTURES,
    rate,
    sample(random, count, { time = 60, fidget = 0.5, nothing = 0 } = {}) {
      if (!Number.isSafeInteger(count) || count < 1)
        throw new RangeError(`A sample of ${count} clips: expected a whole number from 1.`);
      if (!Number.isSafeInteger(time) || time < SHORTEST)
        throw new RangeError(`Clips of ${time} poses: expected a whole number from ${SHORTEST}.`);
      if (!(fidget >= 0 && fidget <= 1))
        throw new RangeError(`A fidget of ${fidget} of a gesture: expected a share from 0 to 1.`);
      if (!(nothing >= 0 && nothing <= 1))
        throw new RangeError(`Clips without a gesture: expected a share from 0 to 1, got ${nothing}.`);
      return Array.from({ length: count }, () => drawAction(random, { time, fidget, nothing, rate }));
    },
  };
}

interface Movement {
  readonly stretch: Stretch;
  readonly pose: (second: number) => Pose;
  readonly strength: number;
}

function drawAction(
  random: Random,
  { time, fidget, nothing, rate }: Required<ActionsChoice> & { rate: number },
): Action {
  const still = nothing > 0 && random.uniform() < nothing;
  const label = random.integer(GESTURES.length);
  const sizes = [12 + random.integer(7), ...Array.from({ length: FIDGETS }, () => 7 + random.integer(4))];
  const [stretch, ...fidgets] = placeApart(random, time, sizes) as [Stretch, ...Stretch[]];
  const movements: Movement[] = [
    { stretch, pose: gesturePose(random, GESTURES[label]!), strength: still ? 0 : 1 },
    ...fidgets.map((place) => ({
      stretch: place,
      pose: gesturePose(random, random.choice(GESTURES)),
      strength: fidget * random.uniform(0.7, 1),
    })),
  ];
  const idle = idleMovement(random);
  const [size, where] = [random.uniform(0.85, 1.15), random.uniform(-0.3, 0.3)];
  const joints = new Float32Array(time * JOINTS.length * 2);
  for (let t = 0; t < time; t++) {
    let pose = idle(t / rate);
    for (const { stretch: place, pose: to, strength } of movements) {
      const weight = strength * swell(t, place);
      if (weight > 0) pose = blend(pose, to((t - place[0]) / rate), weight);
    }
    jointsOf(pose).forEach((value, i) => {
      const moved = size * value + (i % 2 === 0 ? where : 0) + random.normal(0, JITTER);
      joints[t * JOINTS.length * 2 + i] = moved;
    });
  }
  return still
    ? { label: GESTURES.length, time, joints, stretch: null, fidgets }
    : { label, time, joints, stretch, fidgets };
}

/** From 0 just before the stretch up to 1 within a quarter of it, and down again: above 0 inside, 0 outside. */
function swell(t: number, [start, end]: Stretch): number {
  if (t < start || t >= end) return 0;
  const edge = (end - start) / 4;
  const share = Math.min(1, (t - start + 1) / edge, (end - t) / edge);
  return 0.5 - 0.5 * Math.cos(Math.PI * share);
}

/** Slow swaying about the standing pose, each angle with a rhythm of its own. */
function idleMovement(random: Random): (second: number) => Pose {
  const sway = (most: number) => {
    const [size, hertz, phase] = [random.uniform(0, most), random.uniform(0.1, 0.5), random.uniform(0, 1)];
    return (second: number) => size * Math.sin(2 * Math.PI * (hertz * second + phase));
  };
  const arms = Array.from({ length: 4 }, () => sway(8));
  const [lean, nod] = [sway(4), sway(0.006)];
  const { upper, fore } = STANDING;
  return (second) => ({
    upper: [upper[0] + arms[0]!(second), upper[1] + arms[1]!(second)],
    fore: [fore[0] + arms[2]!(second), fore[1] + arms[3]!(second)],
    knees: 0,
    lean: lean!(second),
    nod: nod!(second),
  });
}

/** The pose of a gesture at each second since it began; tempo, reach and side are the person's own. */
function gesturePose(random: Random, gesture: Gesture): (second: number) => Pose {
  const right = random.integer(2) === 1;
  const [off, hertz, phase] = [random.uniform(-8, 8), random.uniform(1.5, 2.5), random.uniform(0, 1)];
  const swing = (second: number) => Math.sin(2 * Math.PI * (hertz * second + phase));
  const oneArm = (upper: number, fore: number): Pose => ({
    ...STANDING,
    upper: right ? [STANDING.upper[0], upper] : [upper, STANDING.upper[1]],
    fore: right ? [STANDING.fore[0], fore] : [fore, STANDING.fore[1]],
  });
  const bothArms = (upper: number, fore: number): Pose => ({
    ...STANDING,
    upper: [upper, upper],
    fore: [fore, fore],
  });
  switch (gesture) {
    case 'wave':
      return (second) => oneArm(100 + off, 175 + 35 * swing(second));
    case 'point':
      return () => oneArm(90 + off, 90 + off);
    case 'raise':
      return () => bothArms(165 + off, 175 + off / 2);
    case 'clap':
      return (second) => bothArms(15 + off / 4, -45 - 20 * swing(second));
    case 'nod':
      return (second) => ({ ...STANDING, nod: 0.03 + 0.025 * swing(second) });
    case 'crouch':
      return () => ({ ...STANDING, knees: 45 + off, upper: [25, 25] });
  }
}

/**
 * The frames of a clip for a network, `[time, 26]`: each joint from the middle of the hips, in lengths of the trunk. Where the
 * person stands and how tall they are is gone.
 *
 * Every frame is measured by itself. Taking the clip's mean pose away would be usual too, and would tell each frame what
 * happens in all the others: alpha could then look anywhere.
 *
 * @throws RangeError where joints are not `[time, 13, 2]`, or hips and shoulders are in one place, so that there is no trunk
 */
export function poseFrames({ joints, time }: Pick<Action, 'joints' | 'time'>): Float32Array {
  const width = JOINTS.length * 2;
  if (joints.length !== time * width)
    throw new RangeError(
      `poseFrames: expected joints [${time}, ${JOINTS.length}, 2], ${time * width} numbers, got ${joints.length}.`,
    );
  const frames = new Float32Array(joints.length);
  for (let t = 0; t < time; t++) {
    const pose = joints.subarray(t * width, (t + 1) * width);
    const hips = middle(pose, 'left hip', 'right hip');
    const chest = middle(pose, 'left shoulder', 'right shoulder');
    const trunk = Math.hypot(chest[0] - hips[0], chest[1] - hips[1]);
    if (!(trunk > 0))
      throw new RangeError(`poseFrames: pose ${t} has a trunk of length ${trunk}: nothing to measure it by.`);
    pose.forEach((value, i) => {
      frames[t * width + i] = (value - hips[i % 2]!) / trunk;
    });
  }
  return frames;
}

function middle(pose: Float32Array, ...pair: readonly (typeof JOINTS)[number][]): [number, number] {
  const [a, b] = pair.map((joint) => 2 * JOINTS.indexOf(joint)) as [number, number];
  return [(pose[a]! + pose[b]!) / 2, (pose[a + 1]! + pose[b + 1]!) / 2];
}
