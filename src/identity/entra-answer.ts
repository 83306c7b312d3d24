import { PimError } from '../pim/errors.ts';
import { isJsonObject } from '../pim/http/json.ts';

/** One answer of the token endpoint as it came. */
export interface EntraAnswer {
  readonly status: number;
  readonly text: string;
  /** The header of this name. */
  readonly retryAfter: string | undefined;
}

const longestPauseSeconds = 3_600;

/**
 * Passes an answer that says yes or no. A redirect is not followed, and a page of something in between is no answer.
 * @throws {PimError} `unavailable` for everything else
 */
export function requireAnswer({ status, text, retryAfter }: EntraAnswer): void {
  if (status === 429 || status >= 500) throw new PimError('unavailable', `Entra ID answered ${status}`, { status, ...pause(retryAfter) });
  if (status >= 300 && status < 400) throw new PimError('unavailable', `Entra ID answered ${status}; redirects are not followed`, { status });
  if (!isJsonObject(text)) throw new PimError('unavailable', `the answer (${status}) is not Entra ID's`, { status });
}

/** Entra gives whole seconds. */
function pause(retryAfter: string | undefined): { retryAfterMs?: number } {
  if (retryAfter === undefined || !/^\d{1,9}$/.test(retryAfter)) return {};
  return { retryAfterMs: Math.min(Number(retryAfter), longestPauseSeconds) * 1_000 };
}
