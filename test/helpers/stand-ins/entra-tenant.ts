import type { SeedPerson } from '../../../src/emulator/seed.ts';
import type { AuthorizationCodes } from './entra-authorization-code.ts';
import type { SignIn } from './entra-authorize.ts';
import type { Strength } from './entra-claims.ts';
import type { Registration } from './entra-registrations.ts';
import type { TokenSigner } from './entra-tokens.ts';

/** Everything that the stand-in for Entra knows. */
export interface EntraTenant {
  readonly id: string;
  /** Of the version 2 tokens. */
  readonly issuer: string;
  readonly people: readonly SeedPerson[];
  /** The first one is the bot. */
  readonly registrations: readonly Registration[];
  readonly signer: TokenSigner;
  readonly codes: AuthorizationCodes;
  /** Browser sign-ins under way, by their id. */
  readonly signIns: Map<string, SignIn>;
  readonly canaries: string[];
  readonly demands: Map<string, Demand>;
  /** Assertions that were revoked. */
  readonly revoked: Set<string>;
  readonly switches: EntraSwitches;
  /** A token of ARM or Graph. */
  readonly resourceToken: (ask: ResourceAsk) => Promise<{ readonly token: string; readonly expiresInSeconds: number }>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What Conditional Access demands of a person, and the `error` by which on-behalf-of says so. */
export interface Demand {
  readonly claims: string;
  readonly error: 'invalid_grant' | 'interaction_required';
}

/** What a test may change at any time. */
export interface EntraSwitches {
  /** An administrator has consented to ARM and Graph. */
  consent: boolean;
  /** `less`: the browser sign-in gives tokens that lack the demanded claims. */
  grants: 'asked' | 'less';
  /** The person whom the browser sign-in signs in, whoever was picked. */
  answerAs: string | null;
  /** The methods (`amr`) with which people have signed in to Teams, by object id: what single sign-on brings. */
  readonly signedInWith: Map<string, readonly string[]>;
  fault: EntraFault;
}

/** `down`: connections are cut. `silent`: no answer. `redirects`: 307 to a stranger. `huge`: an answer of 8 MiB. */
export type EntraFault = 'none' | 'down' | 'silent' | 'notJson' | 'redirects' | 'huge' | 429 | 500;

export interface ResourceAsk extends Strength {
  readonly subject: { readonly user: string } | { readonly app: string };
  /** `https://management.azure.com` or `https://graph.microsoft.com` */
  readonly audience: string;
}
