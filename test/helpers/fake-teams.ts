import type { KeyAndCertificate } from '../../src/emulator/certificate.ts';
import type { Sender } from './fake-teams-activities.ts';
import type { Call } from './fake-teams-calls.ts';
import { Conversations, mriOf, type Account, type Conversation } from './fake-teams-conversations.ts';
import { Faults, type Fault } from './fake-teams-faults.ts';
import type { HttpReply } from './fake-teams-invoke-answer.ts';
import type { Json } from './fake-teams-json.ts';
import { createCallLimits } from './fake-teams-limits.ts';
import { FakePerson } from './fake-teams-person.ts';
import type { BlockCode } from './fake-teams-refusals.ts';
import { startConnectorServer, type LoggedRequest } from './fake-teams-server.ts';
import { SignInClient, type OpenSignIn, type SingleSignOn } from './fake-teams-sign-in.ts';

export type { FakePerson } from './fake-teams-person.ts';
export type { ShownCard } from './fake-teams-card.ts';
export { channelId } from './fake-teams-conversations.ts';

export interface FakeTeamsOptions {
  readonly tenantId?: string;
  /** Whether too many calls are refused; yes unless said. */
  readonly limits?: boolean;
  /** Bytes of a card as JSON in UTF-8; 28 KB unless said. */
  readonly largestCard?: number;
  /** Milliseconds; the machine's clock unless said. */
  readonly now?: () => number;
  /** Of the bot's registration. */
  readonly appId?: string;
  /** The connector speaks https with this certificate. */
  readonly tls?: KeyAndCertificate;
  /** Origin that the service URL names instead of where the connector listens, e.g. `https://smba.trafficmanager.net`. */
  readonly publicOrigin?: string;
  /** Whether a call comes from the bot: otherwise it is refused with 401. */
  readonly authorize?: (call: Call) => boolean | Promise<boolean>;
  /** The `Authorization` header of what Teams posts to the bot; none unless said. */
  readonly signActivity?: (serviceUrl: string) => Promise<string>;
  /** No single sign-on unless said. */
  readonly sso?: SingleSignOn;
  /** Everybody closes the sign-in page unless said. */
  readonly openSignIn?: OpenSignIn;
}

interface PersonProfile {
  /** Entra object id. */
  readonly id: string;
  readonly name: string;
  readonly locale?: string;
  readonly timeZone?: string;
  /** Another than the stand-in's: somebody from outside. */
  readonly tenantId?: string;
  /** Teams clients that answer a sign-in card; one unless said. */
  readonly devices?: number;
}

/** Stands in for the Teams connector (what the bot calls) and for the Teams client (what people see and do). */
export interface FakeTeams extends AsyncDisposable {
  readonly serviceUrl: string;
  /** The one that Microsoft names for messages that answer none. */
  readonly globalServiceUrl: string;
  /** Where the connector listens. */
  readonly connectorOrigin: string;
  readonly tenantId: string;
  /** Every call of the bot, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Where the bot listens; activities go to `/api/messages` there. */
  connect(botUrl: string): void;
  /** A window of this person; a second one shows the same chat. */
  person(profile: PersonProfile): FakePerson;
  /** From now on the bot's messages to this person, or into this conversation, are refused with 403 and this code. */
  block(personOrConversationId: string, code: BlockCode): void;
  unblock(personOrConversationId: string): void;
  /** Lets something go wrong with the next calls. Several add up, in order. */
  fail(next: Fault): void;
  close(): Promise<void>;
}

/** Teams gives up on an invoke, and delivers a message again, after about this long. */
const answerWithinMs = 15_000;

export async function startFakeTeams(options: FakeTeamsOptions = {}): Promise<FakeTeams> {
  const { tenantId = '00000000-0000-0000-0000-000000000001', appId = '00000000-0000-0000-0000-000000000011', limits = true, largestCard = 28 * 1024, now = Date.now } = options;
  const basePath = `/emea/${tenantId}`;
  const globalPath = '/teams';
  const log: LoggedRequest[] = [];
  const faults = new Faults();
  const conversations = new Conversations(now);
  const server = await startConnectorServer({
    basePaths: [basePath, globalPath], faults, limits: limits ? createCallLimits() : null, log, now, tls: options.tls ?? null, authorize: options.authorize ?? (() => true),
  });
  const serviceUrl = `${options.publicOrigin ?? server.origin}${basePath}/`;
  const clients = new Map<string, SignInClient>();
  const shown = (conversation: Conversation, activityId: string): void => {
    for (const mri of conversation.members.keys()) clients.get(mri)?.receives(conversation, activityId);
  };
  server.serve({ conversations, serviceUrl, largestCard, shown });

  let botUrl: string | null = null;
  const post = async (activity: Json): Promise<HttpReply> => {
    if (botUrl === null) throw new Error('connect(botUrl) comes first');
    return postActivity(botUrl, activity, await options.signActivity?.(serviceUrl));
  };
  const bot = { id: `28:${appId}`, name: 'PIM' };
  const { sso = () => Promise.resolve(null), openSignIn = () => Promise.resolve(null) } = options;
  const person = ({ id, name, locale = 'en-US', timeZone = 'UTC', tenantId: home = tenantId, devices = 1 }: PersonProfile): FakePerson => {
    const account: Account = { mri: mriOf(id, home), aadObjectId: id, name, tenantId: home };
    const sender = (from: Account, conversation: Conversation): Sender =>
      ({ account: from, conversation, bot, serviceUrl, locale, timeZone, now: now() });
    const signIn = clients.get(account.mri)
      ?? new SignInClient({ account, devices, sso, openSignIn, post, sender: (conversation) => sender(account, conversation) });
    clients.set(account.mri, signIn);
    return new FakePerson(account, { conversations, largestCard, signIn, sender, post });
  };
  const setBlock = (id: string, code: BlockCode | null): void => {
    const conversation = conversations.personalOf(id) ?? conversations.find(id);
    if (conversation === undefined) throw new Error(`nobody here is ${id}`);
    conversation.blocked = code;
  };

  return {
    serviceUrl,
    globalServiceUrl: `${options.publicOrigin ?? server.origin}${globalPath}/`,
    connectorOrigin: server.origin,
    tenantId,
    requests: log,
    connect(url) { botUrl = url.replace(/\/$/u, ''); },
    person,
    block: setBlock,
    unblock(id) { setBlock(id, null); },
    fail(next) { faults.add(next); },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function postActivity(botUrl: string, activity: Json, authorization?: string): Promise<HttpReply> {
  try {
    const response = await fetch(`${botUrl}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
      body: JSON.stringify(activity),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    return { status: response.status, body: readBody(await response.text()) };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return { status: 504, body: 'no answer in time' };
    throw error;
  }
}

function readBody(text: string): unknown {
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}
