import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { OwnLayer } from '../pim/own-layer.ts';
import type { PimReader } from '../pim/pim.ts';
import type { Store } from '../store/database.ts';
import type { JobQueue } from '../store/job-queue.ts';
import type { AnnounceChannel } from './announce-channel.ts';
import type { WaitingRules } from './approvals/waiting-rules.ts';
import type { IsMember } from './sign-in/members.ts';
import type { Messenger } from './messenger.ts';
import type { SignIn } from './sign-in/sign-in.ts';
import type { TeamsSignIn } from './sign-in/teams-sign-in.ts';

/** What the bot's handlers and the jobs work with. */
export interface BotParts {
  readonly tenantId: string;
  readonly store: Store;
  readonly jobs: JobQueue;
  readonly messenger: Messenger;
  readonly signIn: SignIn;
  /** `null` in the embedded stack, where everybody is signed in. */
  readonly teamsSignIn: TeamsSignIn | null;
  /** Where an administrator allows the bot to act for people. */
  readonly consentUrl: string | null;
  /** Where the step-up page is (`https` origin); `null`: there is none, and cards lead to the portal. */
  readonly stepUpOrigin: string | null;
  readonly isMember: IsMember;
  /** PIM with the bot's own, read-only identity. */
  readonly pimReader: PimReader;
  /** What we ask of an activation beyond what PIM asks. */
  readonly ownLayer: OwnLayer;
  /** How long a request waits before somebody is reminded of it. */
  readonly waiting: WaitingRules;
  /** Where activations are announced beside the administrators' own chats; `null`: nowhere. */
  readonly announceChannel: AnnounceChannel | null;
  /** Whether requests made elsewhere are looked for. */
  readonly looksElsewhere: boolean;
  readonly clock: Clock;
  readonly log: Log;
}
