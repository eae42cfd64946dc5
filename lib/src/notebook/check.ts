import { type DISPLAY, displayed } from '../figures/display.js';
import { escapeHtml, show } from './host.js';

/**
 * Marks an exercise: shows whether the learner's solution passes, and the hint where it does not. It never throws for
 * a wrong solution, so an exercise not yet done leaves the rest of the notebook running; it is no claim.
 *
 * @param condition the verdict, or a function that gives it; what it throws counts as not passed and is shown
 * @returns whether it passed
 * @throws TypeError when name or hint is missing, or the condition gives something else than true or false
 */
export function check(name: string, condition: boolean | (() => boolean), hint: string): boolean {
  if (typeof name !== 'string' || name.trim() === '' || typeof hint !== 'string' || hint.trim() === '') {
    throw new TypeError(
      `check(${JSON.stringify(name)}): expected a name and a hint for those who do not pass.`,
    );
  }
  let passed: unknown = condition;
  let thrown = '';
  if (typeof condition === 'function') {
    try {
      passed = condition();
    } catch (error) {
      passed = false;
      thrown = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }
  if (typeof passed !== 'boolean') {
    const got = passed instanceof Promise ? 'a promise (await it before)' : String(passed);
    throw new TypeError(`check(${JSON.stringify(name)}): expected true or false, got ${got}.`);
  }
  const colour = passed ? '#00704f' : '#8a5a00';
  const verdict = passed ? 'right' : 'not yet';
  const detail = passed ? '' : `Hint: ${hint}${thrown && ` (your code threw ${thrown})`}`;
  show({
    'text/html':
      `<div style="border-left:4px solid ${colour};padding:2px 10px;margin:2px 0">` +
      `<b style="color:${colour}">${passed ? '✓' : '○'} ${verdict}</b> ${escapeHtml(name)}` +
      `${detail && `<br>${escapeHtml(detail)}`}</div>`,
    'text/plain': `${verdict}: ${name}${detail && `\n  ${detail}`}`,
  });
  return passed;
}

/** What the checks of an exercise earned. */
export interface Points {
  readonly earned: number;
  readonly maximum: number;
  /** Its plain text is the bare number: what graders of notebooks read as the points of a cell. */
  [DISPLAY](): Record<string, unknown>;
}

/**
 * The points of an exercise: its maximum times the share of checks that passed. It stands last in the cell.
 *
 * @param passed what the checks gave
 * @throws RangeError when there is no check, or the maximum is not above 0
 */
export function points(maximum: number, passed: readonly boolean[]): Points {
  if (passed.length === 0) throw new RangeError('points: expected at least one check to earn them with.');
  if (!(maximum > 0)) throw new RangeError(`points: expected a maximum above 0, got ${maximum}.`);
  const earned = Number(((maximum * passed.filter(Boolean).length) / passed.length).toFixed(2));
  return {
    earned,
    maximum,
    ...displayed(() => ({
      'text/html': `<b>${earned} of ${maximum} points</b>`,
      'text/plain': String(earned),
    })),
  };
}
