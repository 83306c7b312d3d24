import type { Sender } from './fake-teams-activities.ts';
import { Conversations, mriOf, type Account, type Conversation } from './fake-teams-conversations.ts';
import { Faults, type Fault } from './fake-teams-faults.ts';
import type { Json } from './fake-teams-json.ts';
import { createCallLimits } from './fake-teams-limits.ts';
import { FakePerson, type HttpReply } from './fake-teams-person.ts';
import type { BlockCode } from './fake-teams-refusals.ts';
import { startConnectorServer, type LoggedRequest } from './fake-teams-server.ts';

export type { FakePerson } from './fake-teams-person.ts';
export type { ShownCard } from './fake-teams-card.ts';

export interface FakeTeamsOptions {
  readonly tenantId?: string;
  /** Whether too many calls are refused; yes unless said. */
  readonly limits?: boolean;
  /** Bytes of a card as JSON in UTF-8; 28 KB unless said. */
  readonly largestCard?: number;
  /** Milliseconds; the machine's clock unless said. */
  readonly now?: () => number;
}

interface PersonProfile {
  /** Entra object id. */
  readonly id: string;
  readonly name: string;
  readonly locale?: string;
  readonly timeZone?: string;
  /** Another than the stand-in's: somebody from outside. */
  readonly tenantId?: string;
}

/** Stands in for the Teams connector (what the bot calls) and for the Teams client (what people see and do). */
export interface FakeTeams extends AsyncDisposable {
  readonly serviceUrl: string;
  readonly tenantId: string;
  /** Every call of the bot, in the order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** Where the bot listens; activities go to `/api/messages` there. */
  connect(botUrl: string): void;
  /** A window of this person; a second one shows the same chat. */
  person(profile: PersonProfile): FakePerson;
  /** From now on the bot's messages to this person are refused with 403 and this code. */
  block(personId: string, code: BlockCode): void;
  unblock(personId: string): void;
  /** Lets something go wrong with the next calls. Several add up, in order. */
  fail(next: Fault): void;
  close(): Promise<void>;
}

const bot = { id: '28:00000000-0000-0000-0000-000000000011', name: 'PIM' };
/** Teams gives up on an invoke, and delivers a message again, after about this long. */
const answerWithinMs = 15_000;

export async function startFakeTeams(options: FakeTeamsOptions = {}): Promise<FakeTeams> {
  const { tenantId = '00000000-0000-0000-0000-000000000001', limits = true, largestCard = 28 * 1024, now = Date.now } = options;
  const basePath = `/emea/${tenantId}`;
  const log: LoggedRequest[] = [];
  const faults = new Faults();
  const conversations = new Conversations(now);
  const server = await startConnectorServer({ basePath, faults, limits: limits ? createCallLimits() : null, log, now });
  const serviceUrl = `${server.origin}${basePath}/`;
  server.serve({ conversations, serviceUrl, largestCard });

  let botUrl: string | null = null;
  const post = (activity: Json): Promise<HttpReply> => {
    if (botUrl === null) throw new Error('connect(botUrl) comes first');
    return postActivity(botUrl, activity);
  };
  const person = ({ id, name, locale = 'en-US', timeZone = 'UTC', tenantId: home = tenantId }: PersonProfile): FakePerson => {
    const account: Account = { mri: mriOf(id, home), aadObjectId: id, name, tenantId: home };
    const sender = (from: Account, conversation: Conversation): Sender =>
      ({ account: from, conversation, bot, serviceUrl, locale, timeZone, now: now() });
    return new FakePerson(account, { conversations, largestCard, sender, post });
  };
  const setBlock = (personId: string, code: BlockCode | null): void => {
    const conversation = conversations.personalOf(personId);
    if (conversation === undefined) throw new Error(`nobody here is ${personId}`);
    conversation.blocked = code;
  };

  return {
    serviceUrl,
    tenantId,
    requests: log,
    connect(url) { botUrl = url.replace(/\/$/u, ''); },
    person,
    block: setBlock,
    unblock(personId) { setBlock(personId, null); },
    fail(next) { faults.add(next); },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

async function postActivity(botUrl: string, activity: Json): Promise<HttpReply> {
  try {
    const response = await fetch(`${botUrl}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
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
