import type { Activity, TurnContext } from 'botbuilder';
import { z } from 'zod';
import { noticeCard } from '../../cards/notice.ts';
import { localeOf } from '../../cards/texts.ts';
import { PimError } from '../../pim/errors.ts';
import { takeInterruptedTurn } from '../../store/interrupted-turns.ts';
import { answerOf, askToSignIn, type Occasion } from '../answer.ts';
import { deliverLater, replyWithinMs, within } from '../deliver.ts';
import type { BotParts } from '../parts.ts';
import type { Answer, Reply } from '../reply.ts';
import { runMessage } from '../run-message.ts';
import { filesKept } from '../settings/file-for-apply.ts';
import { planSignOut, recordSignIn, type SignInOutcome, type TeamsSignIn } from './teams-sign-in.ts';
import type { Turn } from '../turn.ts';

export interface InvokeAnswer {
  readonly status: number;
  readonly body?: unknown;
}

const token = z.string().min(1).max(20_000);
const code = z.string().regex(/^\d{4,10}$/);
const connectionName = z.string().max(200);

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-code */
const tokenExchangeSchema = z.object({ id: z.string().max(500).nullish(), connectionName, token });
const verifyStateSchema = z.object({ state: code });
/** https://learn.microsoft.com/microsoftteams/platform/teams-sdk/teams/user-authentication/troubleshooting-sso */
const failureSchema = z.object({ code: z.string().regex(/^\w{1,60}$/) });
/**
 * What a click brings along when Teams sends it again after a sign-in.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/sso-adaptive-cards-universal-action
 */
const clickSchema = z.object({ authentication: z.object({ connectionName, token }).nullish(), state: code.nullish() });

/** Teams' client got a token by single sign-on. What the sign-in interrupted goes on by itself. */
export async function onTokenExchange(parts: BotParts, { activity }: TurnContext, turn: Turn): Promise<InvokeAnswer> {
  const { teamsSignIn } = parts;
  const sent = tokenExchangeSchema.safeParse(turn.value).data;
  if (teamsSignIn === null || !turn.personal || sent?.connectionName !== teamsSignIn.connectionName) return { status: 400 };
  const exchanged = signedInBy(parts, turn, () => teamsSignIn.exchange(turn, sent.token));
  goOn(parts, exchanged, async (outcome) => {
    if (outcome === 'signedIn') await resume(parts, { turn, activity, tried: true }, null);
    if (outcome === 'otherAccount') say(parts, activity, turn, outcome);
  });
  const outcome = await within(replyWithinMs, exchanged).catch(() => 'late' as const);
  if (outcome === 'signedIn') return { status: 200 };
  // Teams then shows the button of the sign-in card.
  return { status: 412, body: { id: sent.id, connectionName: sent.connectionName, failureDetail: 'The sign-in takes one more step.' } };
}

/** The person has come back from the page behind the button of the sign-in card. */
export function onVerifyState(parts: BotParts, { activity }: TurnContext, turn: Turn): InvokeAnswer {
  const { teamsSignIn } = parts;
  if (teamsSignIn === null || !turn.personal) return { status: 400 };
  const sent = verifyStateSchema.safeParse(turn.value).data;
  const verified = sent === undefined ? Promise.resolve('moreNeeded' as const) : signedInBy(parts, turn, () => teamsSignIn.verify(turn, sent.state));
  goOn(parts, verified, async (outcome) => {
    if (outcome === 'signedIn') await resume(parts, { turn, activity, tried: true }, { card: noticeCard(turn.reader, { key: 'signedIn' }) });
    else say(parts, activity, turn, outcome);
  });
  return { status: 200 };
}

/** Teams' client waits for seconds only; what follows from a sign-in comes as a message. */
function goOn(parts: BotParts, signIn: Promise<Outcome>, then: (outcome: Outcome) => Promise<void>): void {
  signIn.then(then).catch((error: unknown) => { parts.log.error({ error }, 'a sign-in was not followed up'); });
}

/** Teams' client could not sign the person in by itself, and shows them nothing: they get the button. What the sign-in interrupted is kept. */
export function onSignInFailure(parts: BotParts, { activity }: TurnContext, turn: Turn): InvokeAnswer {
  const failure = failureSchema.safeParse(turn.value).data;
  parts.log.warn({ code: failure?.code ?? 'unknown' }, 'single sign-on failed in Teams');
  if (parts.teamsSignIn !== null && turn.personal) void offerButton(parts, parts.teamsSignIn, { turn, activity });
  return { status: 200 };
}

async function offerButton(parts: BotParts, teamsSignIn: TeamsSignIn, { turn, activity }: Occasion): Promise<void> {
  try {
    if (!await parts.isMember(turn.actor.id)) return;
    const { text, connectionName, buttons } = await teamsSignIn.card(activity, turn.reader);
    await parts.messenger.sendSignIn(turn.conversation, { text, connectionName, buttons });
  } catch (error) {
    parts.log.warn({ error }, 'the sign-in button could not be offered');
  }
}

/** A click that brings a sign-in along signs the person in first. */
export function signInByClick(parts: BotParts, occasion: Occasion, work: () => Promise<Reply>): Promise<Answer> {
  return signInFirst(parts, occasion, work).catch((error: unknown) => answerOf(parts, { ...occasion, tried: true }, () => Promise.reject(error)));
}

async function signInFirst(parts: BotParts, occasion: Occasion, work: () => Promise<Reply>): Promise<Answer> {
  const { turn } = occasion;
  const { teamsSignIn } = parts;
  const { authentication, state } = clickSchema.safeParse(turn.value).data ?? {};
  const brought = teamsSignIn === null || !turn.personal ? null : broughtBy(teamsSignIn, turn, { authentication, state });
  if (brought === null) return answerOf(parts, occasion, work);
  const outcome = await signedInBy(parts, turn, brought);
  if (outcome === 'noMember') return answerOf(parts, occasion, work);
  if (outcome === 'moreNeeded') {
    const asked = await askToSignIn(parts, occasion);
    if (asked !== null) return 'signIn' in asked ? { ...asked, tried: true } : asked;
  }
  return answerOf(parts, { ...occasion, tried: true }, outcome === 'signedIn' ? work : () => Promise.reject(errorOf(outcome)));
}

type Brought = z.infer<typeof clickSchema>;

function broughtBy(teamsSignIn: TeamsSignIn, turn: Turn, { authentication, state }: Brought): (() => Promise<SignInOutcome>) | null {
  if (typeof state === 'string') return () => teamsSignIn.verify(turn, state);
  if (authentication === undefined || authentication === null) return null;
  if (authentication.connectionName !== teamsSignIn.connectionName) return () => Promise.resolve('moreNeeded');
  return () => teamsSignIn.exchange(turn, authentication.token);
}

type Outcome = SignInOutcome | 'noMember' | PimError;

async function signedInBy(parts: BotParts, turn: Turn, signIn: () => Promise<SignInOutcome>): Promise<Outcome> {
  try {
    // Nobody else signs in: what a guest sends is not even looked at.
    if (!await parts.isMember(turn.actor.id)) return 'noMember';
    await planSignOut(parts, turn);
    const outcome = await signIn();
    parts.signIn.forget(turn.actor.id);
    if (outcome === 'signedIn') await recordSignIn(parts, turn, outcome);
    return outcome;
  } catch (error) {
    if (!(error instanceof PimError)) throw error;
    parts.log.warn({ error, code: error.code }, 'a sign-in could not be finished');
    return error;
  }
}

function errorOf(outcome: Exclude<Outcome, 'signedIn' | 'noMember'>): PimError {
  if (outcome instanceof PimError) return outcome;
  return new PimError(outcome === 'otherAccount' ? 'otherAccount' : 'signInRequired', 'The sign-in did not succeed.');
}

/** How long what a person wanted is kept for them while they sign in. */
const resumedWithinMs = 10 * 60_000;

/** Goes on with what the sign-in interrupted. */
async function resume(parts: BotParts, occasion: Occasion, otherwise: Reply | null): Promise<void> {
  const { actor } = occasion.turn;
  const notBefore = new Date(parts.clock.now().getTime() - resumedWithinMs);
  const kept = await takeInterruptedTurn(parts.store.db, actor.id, notBefore);
  if (kept === null) {
    if (otherwise !== null) deliverLater(parts, inMessage(occasion.turn), () => Promise.resolve(otherwise));
    return;
  }
  const { text, action, file, cardActivityId, locale, timeZone } = kept;
  const turn = { ...occasion.turn, reader: { locale: localeOf(locale), timeZone }, text, value: action ?? undefined, files: filesKept(file), cardActivityId };
  deliverLater(parts, turn, () => answerOf(parts, { ...occasion, turn }, () => runMessage(parts, turn)));
}

/** To a member; whoever is none is told that instead. */
function say(parts: BotParts, activity: Activity, turn: Turn, outcome: Exclude<Outcome, 'signedIn'>): void {
  deliverLater(parts, inMessage(turn), () => answerOf(parts, { turn, activity, tried: true }, () => outcome === 'moreNeeded' || outcome === 'noMember'
    ? Promise.resolve({ card: noticeCard(turn.reader, { key: 'signInFailed' }) })
    : Promise.reject(errorOf(outcome))));
}

/** The card of a sign-in's own invoke is the sign-in card, which Teams takes away. */
function inMessage(turn: Turn): Turn {
  return { ...turn, cardActivityId: null };
}
