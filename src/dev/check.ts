import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import type { Seed, SeedAssignment, SeedPerson, SeedSettings } from '../emulator/seed.ts';
import { startCheckConnector, type CheckConnector } from './check-connector.ts';
import { postJson, type LocalPim } from './emulator-tokens.ts';
import type { DevSettings } from './settings.ts';
import { startStack } from './stack.ts';

export interface CheckOptions {
  /** PIM answers 500 to every activation: the check has to fail and say so. */
  readonly breakPut: boolean;
  readonly print: (line: string) => void;
}

const stepTimeoutMs = 20_000;
const channelId = 'announcements';

/**
 * Starts the embedded stack without windows and proves one activation with approval over the wire: every step enters as
 * an activity, and the end is read from PIM as an administrator, who is neither the bot nor one of the two people.
 * @throws {Error} one sentence with the step that failed
 */
export async function runCheck(settings: DevSettings, seed: Seed, { breakPut, print }: CheckOptions): Promise<void> {
  await using started = new AsyncDisposableStack();
  const story = findStory(seed);
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'pim-check-'));
  started.defer(() => { rmSync(dataFolder, { recursive: true, force: true }); });
  const connector = await startCheckConnector();
  started.defer(() => connector.close());
  const channel = { id: channelId, serviceUrl: connector.serviceUrl, reader: { locale: 'en', timeZone: 'UTC' } } as const;
  const stack = await startStack({ ...settings, port: 0, emulatorPort: 0, dataFolder }, seed, channel);
  started.defer(() => stack.close());
  if (breakPut) await postJson(stack.emulator, '/emulator/faults', putFault);

  const say = speaker(stack.app.url, connector, seed.tenantId);
  const { requester, approver, administrator, eligible } = story;
  const steps: Steps = { say, connector, print };
  await step(print, `${requester.name} and ${approver.name} open the chat`, async () => {
    for (const person of [requester, approver]) await say(person, { type: 'conversationUpdate', membersAdded: [{ id: 'bot' }] });
  });
  await activate(steps, story).catch(async (error: unknown) => { throw await withPimsAnswer(stack.emulator, error); });
  await approve(steps, story);
  await step(print, `PIM, asked as ${administrator.name}, lists the role as active`, async () => {
    const active = await readActive(stack.emulator, administrator, eligible.scope);
    if (!active.some(({ properties }) => properties.principalId === requester.id)) throw new Error('it does not');
  });
  if (!story.announced) return;
  await step(print, 'The channel says who has activated it', async () => { await connector.waitFor(channelId, [requester.name, eligible.role], stepTimeoutMs); });
}

/** A failed activation is told with what PIM answered to it, when that was no success. */
async function withPimsAnswer(pim: LocalPim, error: unknown): Promise<unknown> {
  const { value: calls } = auditSchema.parse(await getJson(pim, '/emulator/audit'));
  const put = calls.findLast(({ method, path: called }) => method === 'PUT' && called?.includes('roleAssignmentScheduleRequests') === true);
  if (put?.status === undefined || put.status < 300 || !(error instanceof Error)) return error;
  return new Error(`${error.message} PIM answered ${put.status} to the PUT of the activation.`, { cause: error });
}

const auditSchema = z.object({
  value: z.array(z.object({ method: z.string().optional(), path: z.string().optional(), status: z.number().optional() })),
});

interface Steps {
  readonly say: Say;
  readonly connector: CheckConnector;
  readonly print: (line: string) => void;
}

async function activate({ say, connector, print }: Steps, { requester, eligible }: Story): Promise<void> {
  await step(print, `${requester.name} activates ${eligible.role} on ${eligible.scope}`, async () => {
    await say(requester, { type: 'message', text: `activate ${eligible.role} on ${eligible.scope} for 30 minutes because of the check` });
    const form = await connector.waitFor(requester.id, ['activation.submit'], stepTimeoutMs);
    const answer = await say(requester, execute(form, 'activation.submit', { minutes: '30', justification: 'npm run dev -- --check' }));
    if (JSON.stringify(answer).includes('activation.withdraw')) return;
    await connector.waitFor(requester.id, ['activation.withdraw'], stepTimeoutMs)
      .catch(() => { throw new Error('PIM has not taken the request: the card never said that it waits for approval'); });
  });
}

async function approve({ say, connector, print }: Steps, { requester, approver }: Story): Promise<void> {
  await step(print, `${approver.name} gets the card and approves`, async () => {
    const card = await connector.waitFor(approver.id, ['approval.approve'], stepTimeoutMs);
    await say(approver, execute(card, 'approval.approve', { reason: 'npm run dev -- --check' }));
  });
  await step(print, `${requester.name}'s card says that the role is active`, async () => {
    await connector.waitFor(requester.id, ['activation.deactivate'], stepTimeoutMs);
  });
}

async function step(print: (line: string) => void, title: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new Error(`${title}: ${error instanceof Error ? error.message : 'failed'}.`, { cause: error });
  }
  print(`ok  ${title}`);
}

const putFault = { match: { method: 'PUT', path: 'roleAssignmentScheduleRequests' }, times: 1_000, fault: { status: 500 } };

interface Story {
  readonly requester: SeedPerson;
  readonly approver: SeedPerson;
  readonly administrator: SeedPerson;
  readonly eligible: SeedAssignment;
  /** Whether its settings say that an activation is announced. */
  readonly announced: boolean;
}

/** The first Azure role of the seed that a person may activate and another person approves, without ticket, MFA or step-up. */
function findStory(seed: Seed): Story {
  for (const eligible of seed.eligible ?? []) {
    const settings = seed.settings?.find(({ kind, role, scope }) => kind === 'azure' && role === eligible.role && scope === eligible.scope);
    if (settings === undefined || !asksForApprovalOnly(settings)) continue;
    const [requester] = peopleOf(seed, [eligible.principalId]);
    const [approver] = peopleOf(seed, settings.settings.approverIds ?? []).filter((person) => person !== requester);
    const administrators = peopleOf(seed, (seed.administrators ?? []).map(({ principalId }) => principalId));
    const administrator = administrators.find((person) => person !== requester && person !== approver);
    const announced = settings.settings.notificationToUserOnElevation === true;
    if (requester && approver && administrator) return { requester, approver, administrator, eligible, announced };
  }
  throw new Error('The seed has no Azure role that one person activates and another approves: the check needs one.');
}

function peopleOf(seed: Seed, ids: readonly string[]): readonly SeedPerson[] {
  return ids.flatMap((id) => seed.people.find((person) => person.id === id) ?? []);
}

function asksForApprovalOnly({ settings, authenticationContext }: SeedSettings): boolean {
  return settings.approvalOnElevation === true && settings.ticketingInfoOnElevation !== true && settings.mfaOnElevation !== true
    && authenticationContext === undefined;
}

type Say = (person: SeedPerson, activity: object) => Promise<unknown>;

/** Sends activities as Teams would. */
function speaker(botUrl: string, { serviceUrl }: CheckConnector, tenantId: string): Say {
  return async (person, activity) => {
    const response = await fetch(`${botUrl}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        id: crypto.randomUUID(),
        channelId: 'msteams',
        serviceUrl,
        from: { id: `29:${person.id}`, name: person.name, aadObjectId: person.id },
        recipient: { id: 'bot', name: 'PIM' },
        conversation: { id: person.id, conversationType: 'personal', tenantId },
        channelData: { tenant: { id: tenantId } },
        ...activity,
      }),
      signal: AbortSignal.timeout(stepTimeoutMs),
    });
    if (!response.ok) throw new Error(`the bot answered ${response.status}`);
    const text = await response.text();
    return text === '' ? null : z.unknown().parse(JSON.parse(text));
  };
}

const dataSchema = z.record(z.string(), z.unknown());

/** A click on a card's button: what the button carries, and what the person entered. */
function execute(card: { readonly activityId: string; readonly content: string }, verb: string, inputs: object): object {
  const [, data = '{}'] = new RegExp(`"verb":"${verb.replace('.', String.raw`\.`)}","data":(\\{[^}]*\\})`).exec(card.content) ?? [];
  return {
    type: 'invoke',
    name: 'adaptiveCard/action',
    replyToId: card.activityId,
    value: { action: { type: 'Action.Execute', verb, data: { ...dataSchema.parse(JSON.parse(data)), ...inputs } } },
  };
}

const instancesSchema = z.object({ value: z.array(z.object({ properties: z.object({ principalId: z.string() }) })) });

async function readActive(pim: LocalPim, administrator: SeedPerson, scope: string): Promise<z.infer<typeof instancesSchema>['value']> {
  const token = z.object({ access_token: z.string() })
    .parse(await postJson(pim, '/emulator/token', { user: administrator.id, audience: 'https://management.azure.com' }));
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances?api-version=2020-10-01&$filter=atScope()`;
  return instancesSchema.parse(await getJson(pim, path, token.access_token)).value;
}

async function getJson(pim: LocalPim, target: string, token?: string): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  https.get(`${pim.origin}${target}`, { ca: pim.caPem, headers }, (response) => { resolve(json(response)); }).on('error', reject);
  return promise;
}
