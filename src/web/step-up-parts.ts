import type { TokenCredential } from '@azure/core-auth';
import type { Locale } from '../cards/texts.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { StepUpClient } from '../identity/step-up-client.ts';
import type { Store } from '../store/database.ts';
import type { StepUpRecord } from '../store/step-ups.ts';

/** What the page needs from the outside. */
export interface StepUpPageParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly tenantId: string;
  /** https origin at which browsers reach this server. */
  readonly publicUrl: string;
  /** Where the form may lead: a source of the Content-Security-Policy. Entra ID sends the people of a federated tenant on to that tenant's own page. */
  readonly signInSource: string;
  readonly client: StepUpClient;
  readonly carryOut: CarryOut;
  /** What the person signs in as, for the sign-in page to begin with. */
  loginHintOf(personId: string): Promise<string | null>;
  /** The language in which the person speaks with the bot. */
  localeOf(personId: string): Promise<Locale>;
}

/**
 * Carries out what the record says, as the person, and marks it `carriedOut`, so that it happens once: what comes of it
 * is written to the activation.
 */
export type CarryOut = (record: StepUpRecord, credential: TokenCredential) => Promise<{ readonly outcome: Outcome }>;

/**
 * `done`: PIM has confirmed it. `unknown`: PIM has not answered, it may have been carried out. `tooLate`: nothing waits for it
 * any more. `nothingSent`: it could not be recorded, so PIM was not asked.
 */
export type Outcome = 'done' | 'pending' | 'refused' | 'unknown' | 'tooLate' | 'nothingSent';
