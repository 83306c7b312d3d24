import { expect, test } from 'vitest';
import type { TokenCredential } from '@azure/core-auth';
import { sendOffer } from '../../../src/bot/approvals/counter-offer.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { carryOut } from '../../../src/bot/sign-in/carry-out.ts';
import { tellRequester } from '../../../src/jobs/tell-requester.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { findActivation, moveActivation, rememberDecision, type Activation } from '../../../src/store/activations.ts';
import { rememberConversation } from '../../../src/store/conversation-references.ts';
import { findOpenStepUp } from '../../../src/store/step-ups.ts';
import { alex, megan, turnOf } from '../stand-in.ts';
import { diego, openDesk, type Desk } from './one-request.ts';

// Guards: `offer` of a step-up (src/store/step-ups.ts, `keepDecision`), `keepOffer` in `decideAtPim` (src/bot/approvals/decide-at-pim.ts),
// `offerOf` (src/jobs/tell-requester.ts), `formId` of an offer (src/bot/approvals/offered-form.ts).

const credential: TokenCredential = { getToken: async () => null };

function offers(parts: BotParts, { requestId, version }: Activation): Promise<unknown> {
  return sendOffer(parts, turnOf(megan), { verb: 'approval.sendOffer', requestId, version, minutes: 30, reason: 'half an hour will do' });
}

/** PIM answers decisions with this first. */
function deciding({ parts }: Desk, decide: () => Promise<void>): BotParts {
  return {
    ...parts, stepUpOrigin: 'https://bot.example',
    signIn: { ...parts.signIn, pimOf: async (id) => ({ ...await parts.signIn.pimOf(id), decide }) },
  };
}

test('an offer is kept while its approver signs in more strongly, and goes out with the denial', async () => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  const { db } = desk.parts.store;
  const challenged = deciding(desk, () => Promise.reject(new PimError('stepUpRequired', 'more, please', { claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}' })));
  await offers(challenged, pending);
  const stepUp = await findOpenStepUp(db, { requestId: pending.requestId, personId: megan.id, at: desk.parts.clock.now() });
  expect(stepUp).toMatchObject({ action: 'deny', offer: { minutes: 30 } });
  expect(await findActivation(db, pending.requestId)).toMatchObject({ state: 'pending', offer: null });

  if (stepUp === null) return;
  const strong = await desk.parts.signIn.pimOf(megan.id);
  const signIn = { ...desk.parts.signIn, pimWith: () => strong };
  expect(await carryOut({ ...desk.parts, signIn }, stepUp, credential)).toEqual({ outcome: 'done' });
  expect(await findActivation(db, pending.requestId)).toMatchObject({ state: 'denied', offer: { minutes: 30 }, decision: { by: { id: megan.id } } });
});

/** What the requester is brought once the request is denied: the id of a form, or a line of text. */
async function told({ parts }: Desk, { requestId }: Activation): Promise<readonly string[]> {
  const messages: string[] = [];
  const take = async (_: unknown, what: unknown) => {
    messages.push(/"requestId":"([\da-f-]{36})"/u.exec(JSON.stringify(what))?.[1] ?? JSON.stringify(what));
    return { outcome: 'sent' as const, activityId: `m-${messages.length}` };
  };
  await rememberConversation(parts.store.db, turnOf(alex).conversation, parts.clock.now());
  const { version = 0 } = await findActivation(parts.store.db, requestId) ?? {};
  await tellRequester({ ...parts, messenger: { ...parts.messenger, sendCard: take, sendText: take } }, requestId, version, { attempt: 1, lastAttempt: false });
  return messages;
}

test.each([['this approver', megan], ['somebody whom PIM does not name', null]])('an offer is brought where the watch has read the denial of %s before it was on record', async (_, by) => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  const { db } = desk.parts.store;
  await offers(deciding(desk, async () => {
    await rememberDecision(db, pending.requestId, { result: 'deny', by, reason: 'half an hour will do', at: desk.parts.clock.now() });
    await moveActivation(db, pending.requestId, { from: ['pending'] }, { state: 'denied' });
  }), pending);
  const { offer } = await findActivation(db, pending.requestId) ?? {};
  expect(offer).toMatchObject({ minutes: 30, by: { name: megan.name } });
  expect(await told(desk, pending)).toEqual([offer?.formId]);
});

test('an offer is brought where PIM took its denial, and the answer was lost', async () => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  const { db } = desk.parts.store;
  await offers(deciding(desk, () => Promise.reject(new PimError('outcomeUnknown', 'no answer'))), pending).catch(() => undefined);
  await moveActivation(db, pending.requestId, { from: ['pending'] }, { state: 'denied', decision: { result: 'deny', by: null, reason: '', at: desk.parts.clock.now() } });
  expect(await told(desk, pending)).toEqual([(await findActivation(db, pending.requestId))?.offer?.formId]);
});

test('an offer of whose denial PIM says that it was decided before is kept: the answer to the first try may have been lost', async () => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  await offers(deciding(desk, () => Promise.reject(new PimError('alreadyDecided', 'it does not wait any more'))), pending).catch(() => undefined);
  expect(await findActivation(desk.parts.store.db, pending.requestId)).toMatchObject({ offer: { minutes: 30 } });
});

test('an offer that PIM refused is none', async () => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  await offers(deciding(desk, () => Promise.reject(new PimError('throttled', 'later'))), pending).catch(() => undefined);
  expect(await findActivation(desk.parts.store.db, pending.requestId)).toMatchObject({ state: 'pending', offer: null });
});

test('where somebody else was first, their decision stays, and nothing is offered', async () => {
  await using desk = await openDesk();
  const pending = await desk.request('pending');
  const { db } = desk.parts.store;
  await offers(deciding(desk, async () => {
    await rememberDecision(db, pending.requestId, { result: 'deny', by: diego, reason: 'no', at: desk.parts.clock.now() });
    await moveActivation(db, pending.requestId, { from: ['pending'] }, { state: 'denied' });
  }), pending);
  expect((await findActivation(db, pending.requestId))?.decision?.by?.id).toBe(diego.id);
  expect((await told(desk, pending))[0]).toContain('Denied');
});

test('an offer that is brought again is the same form, and none once it was sent', async () => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  const { db } = desk.parts.store;
  await desk.clicks(megan, 'approval.sendOffer', { requestId: held.requestId, version: held.version, minutes: '30', reason: 'less' });
  const { version = 0, offer = null } = await findActivation(db, held.requestId) ?? {};
  await rememberConversation(db, turnOf(alex).conversation, desk.parts.clock.now());
  const forms: string[] = [];
  const messenger = {
    ...desk.parts.messenger,
    sendCard: async (_: unknown, card: object) => {
      forms.push(/"requestId":"([\da-f-]{36})"/u.exec(JSON.stringify(card))?.[1] ?? '');
      return { outcome: 'sent' as const, activityId: `m-${forms.length}` };
    },
  };
  const brings = (): Promise<void> => tellRequester({ ...desk.parts, messenger }, held.requestId, version, { attempt: 1, lastAttempt: false });
  await brings();
  await brings();
  expect(forms).toEqual([offer?.formId, offer?.formId]);
  await moveActivation(db, offer?.formId ?? '', { from: ['draft'] }, { state: 'held' });
  await brings();
  expect(forms).toHaveLength(2);
});
