import type { OutputMessage } from './outputs.js';

export const CLAIM_MIME = 'application/vnd.heed.claim+json';

/** What a cell states about its results: it holds or the run fails. */
export interface Claim {
  readonly name: string;
  readonly value: unknown;
  readonly bound: unknown;
  readonly holds: boolean;
}

/** The claim in a message, if it shows one. A claim that does not say whether it holds counts as failed. */
export function claimIn({ type, content }: OutputMessage): Claim | undefined {
  if (!['display_data', 'execute_result', 'update_display_data'].includes(type)) return undefined;
  const data = content.data as Record<string, unknown> | undefined;
  let raw = data?.[CLAIM_MIME];
  if (raw === undefined) return undefined;
  if (typeof raw === 'string') {
    // A kernel that can only send texts sends the claim as JSON.
    try {
      raw = JSON.parse(raw);
    } catch {
      raw = { name: raw };
    }
  }
  const claim = (typeof raw === 'object' && raw !== null ? raw : {}) as Record<string, unknown>;
  return {
    name: String(claim.name ?? 'a claim without a name'),
    value: claim.value,
    bound: claim.bound,
    holds: claim.holds === true,
  };
}

/** A claim as one line, for reports. */
export function describeClaim({ name, value, bound, holds }: Claim): string {
  const show = (part: unknown) => (typeof part === 'string' ? part : JSON.stringify(part));
  return `${name}: ${show(value)}${bound === undefined ? '' : `, bound ${show(bound)}`}${holds ? '' : ' does not hold'}`;
}
