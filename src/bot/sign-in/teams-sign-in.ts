import { ActionTypes, type Activity } from 'botbuilder';
import { signInWords } from '../../cards/sign-in.ts';
import type { Reader } from '../../cards/texts.ts';
import { PimError } from '../../pim/errors.ts';
import { recordAudit } from '../../store/audit-log.ts';
import type { BotParts } from '../parts.ts';
import type { SignInCard } from '../reply.ts';
import { requirePerson } from '../teams-people.ts';
import type { TokenService } from './token-service.ts';
import type { Turn } from '../turn.ts';

export interface TeamsSignInParts {
  readonly tokenService: TokenService;
  readonly tenantId: string;
  /** As `TeamsPeopleParts.audiences`. */
  readonly audiences: readonly string[];
}

/** `moreNeeded`: single sign-on was not enough, the person has to sign in by the button. */
export type SignInOutcome = 'signedIn' | 'moreNeeded' | 'otherAccount';

/** How a person signs in from Teams: silently by Teams' own session, or by the button of the sign-in card. */
export interface TeamsSignIn {
  readonly connectionName: string;
  /** @throws {PimError} `unavailable`, as all of these */
  card(activity: Activity, reader: Reader): Promise<SignInCard>;
  /** With what Teams' client got by single sign-on. */
  exchange(turn: Turn, token: string): Promise<SignInOutcome>;
  /** With the code that the sign-in page gave. */
  verify(turn: Turn, code: string): Promise<SignInOutcome>;
  signOut(teamsUserId: string): Promise<void>;
}

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview */
export function createTeamsSignIn({ tokenService, tenantId, audiences }: TeamsSignInParts): TeamsSignIn {
  const ownerOf = (turn: Turn, token: string): SignInOutcome => {
    try {
      requirePerson(token, { personId: turn.actor.id, tenantId, audiences });
      return 'signedIn';
    } catch (error) {
      if (error instanceof PimError && error.code === 'otherAccount') return 'otherAccount';
      return 'moreNeeded';
    }
  };
  /** A token that is kept for the wrong person is removed before anybody can use it. */
  const kept = async (turn: Turn, token: string | null): Promise<SignInOutcome> => {
    const outcome = token === null ? 'moreNeeded' : ownerOf(turn, token);
    if (outcome === 'otherAccount') await tokenService.signOut(turn.teamsUserId);
    return outcome;
  };
  return {
    connectionName: tokenService.connectionName,
    card: async (activity, reader) => signInCard(reader, tokenService.connectionName, await tokenService.signInResource(activity)),
    exchange: async (turn, token) => {
      const outcome = ownerOf(turn, token);
      return outcome === 'signedIn' ? kept(turn, await tokenService.exchange(turn.teamsUserId, token)) : outcome;
    },
    verify: async (turn, code) => kept(turn, await tokenService.find(turn.teamsUserId, code)),
    signOut: (teamsUserId) => tokenService.signOut(teamsUserId),
  };
}

type SignInResource = Awaited<ReturnType<TokenService['signInResource']>>;

function signInCard(reader: Reader, connectionName: string, resource: SignInResource): SignInCard {
  // Its `tokenPostResource` stays here: whoever has that address can give the person another token.
  const { signInLink, tokenExchangeResource } = resource;
  if (signInLink === undefined || !signInLink.startsWith('https://')) throw new PimError('unavailable', 'the token service gave no sign-in link');
  const { text, button } = signInWords(reader);
  return {
    text,
    connectionName,
    buttons: [{ type: ActionTypes.Signin, title: button, value: signInLink }],
    ...(tokenExchangeResource === undefined ? {} : { tokenExchangeResource }),
  };
}

/** After this long the token service forgets the person; Teams signs them in again silently. */
const signedInForSeconds = 12 * 3_600;

/** Before the token service may keep anything: a sign-in that nobody ends is not begun. */
export async function planSignOut(parts: BotParts, { actor }: Turn): Promise<void> {
  await parts.store.transaction((tx) => parts.jobs.enqueue(tx, 'sign-out', { personId: actor.id }, { after: signedInForSeconds }));
}

export async function recordSignIn(parts: BotParts, turn: Turn, outcome: 'signedIn' | 'otherAccount'): Promise<void> {
  const details = outcome === 'signedIn' ? { result: 'signedIn' } : { result: 'refused', code: 'otherAccount' };
  await recordAudit(parts.store.db, { at: parts.clock.now(), actor: turn.actor, action: 'signIn', phase: 'outcome', requestId: null, details });
}
