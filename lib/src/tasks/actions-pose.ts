/** The joints of a stick figure, in the order of every pose. */
export const JOINTS = [
  'head',
  ...['left shoulder', 'right shoulder', 'left elbow', 'right elbow', 'left wrist', 'right wrist'],
  ...['left hip', 'right hip', 'left knee', 'right knee', 'left ankle', 'right ankle'],
] as const;

/** What is joined by a line, by index of joint. */
export const BONES: readonly (readonly [from: number, to: number])[] = [
  ...([
    [1, 2],
    [1, 3],
    [3, 5],
    [2, 4],
    [4, 6],
  ] as const), // shoulders and arms
  ...([
    [1, 7],
    [2, 8],
    [7, 8],
  ] as const), // trunk
  ...([
    [7, 9],
    [9, 11],
    [8, 10],
    [10, 12],
  ] as const), // legs
];

/** Angles in degrees: 0 hangs down, 90 points outwards, 180 up; below 0 is inwards. */
export interface Pose {
  /** Upper arm and forearm of the left and of the right. */
  readonly upper: readonly [number, number];
  readonly fore: readonly [number, number];
  /** How far the knees are bent outwards. */
  readonly knees: number;
  /** How far the trunk leans to the right. */
  readonly lean: number;
  /** How far the head is lowered, in body heights. */
  readonly nod: number;
}

export const STANDING: Pose = { upper: [12, 12], fore: [8, 8], knees: 0, lean: 0, nod: 0 };

// Shares of the body's height, roughly those of an adult (Winter 2009, figure 4.1).
const THIGH = 0.245;
const SHIN = 0.245;
const TRUNK = 0.3;
const UPPER_ARM = 0.18;
const FOREARM = 0.16;
const HALF_SHOULDERS = 0.11;
const HALF_HIPS = 0.06;
const NECK = 0.13;

const RADIANS = Math.PI / 180;

/**
 * Where the joints are, by turning one bone after the other from the feet up: `[13 x 2]`, x to the right and y up, in body
 * heights, the feet on y = 0 beside x = 0.
 */
export function jointsOf({ upper, fore, knees, lean, nod }: Pose): number[] {
  const bend = knees * RADIANS;
  const hips = (THIGH + SHIN) * Math.cos(bend);
  const [across, up] = [Math.cos(lean * RADIANS), Math.sin(lean * RADIANS)];
  const chest = [TRUNK * up, hips + TRUNK * across] as const;
  const head = [(TRUNK + NECK) * up, hips + (TRUNK + NECK) * across - nod] as const;
  const sides = [-1, 1].map((side, i) => {
    const shoulder = [
      chest[0] + side * HALF_SHOULDERS * across,
      chest[1] - side * HALF_SHOULDERS * up,
    ] as const;
    const elbow = turn(shoulder, UPPER_ARM, upper[i]!, side);
    const wrist = turn(elbow, FOREARM, fore[i]!, side);
    const hip = [side * HALF_HIPS, hips] as const;
    const knee = [hip[0] + side * THIGH * Math.sin(bend), SHIN * Math.cos(bend)] as const;
    return { shoulder, elbow, wrist, hip, knee, ankle: [hip[0], 0] as const };
  });
  const pairs = (['shoulder', 'elbow', 'wrist', 'hip', 'knee', 'ankle'] as const).flatMap((name) =>
    sides.map((side) => side[name]),
  );
  return [head, ...pairs].flat();
}

/** The other end of a bone that hangs at `angle` from its first end; outwards is to the side it is on. */
function turn([x, y]: readonly [number, number], length: number, angle: number, side: number) {
  return [x + side * length * Math.sin(angle * RADIANS), y - length * Math.cos(angle * RADIANS)] as const;
}

/** weight 0 is `from`, weight 1 is `to`, in between the angles go straight. */
export function blend(from: Pose, to: Pose, weight: number): Pose {
  const mix = (a: number, b: number) => a + (b - a) * weight;
  return {
    upper: [mix(from.upper[0], to.upper[0]), mix(from.upper[1], to.upper[1])],
    fore: [mix(from.fore[0], to.fore[0]), mix(from.fore[1], to.fore[1])],
    knees: mix(from.knees, to.knees),
    lean: mix(from.lean, to.lean),
    nod: mix(from.nod, to.nod),
  };
}
