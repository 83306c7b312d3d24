import { expect, test } from 'vitest';
import { openOffer } from '../../../src/bot/approvals/counter-offer.ts';
import { decideApproval } from '../../../src/bot/approvals/decide-approval.ts';
import { openApproval } from '../../../src/bot/approvals/open-approval.ts';
import { refreshApproval } from '../../../src/bot/approvals/refresh-card.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import type { Reply } from '../../../src/bot/reply.ts';
import type { Turn } from '../../../src/bot/turn.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { PimReader } from '../../../src/pim/pim.ts';
import type { Activation } from '../../../src/store/activations.ts';
import { megan, opsLeads, seen, turnOf } from '../stand-in.ts';
import { lee, openDesk, secret } from './one-request.ts';

// Guards: `mayRead` (src/bot/approvals/decision.ts), `decideHere` (src/bot/approvals/decide-here.ts), `openApproval`
// (src/bot/approvals/open-approval.ts).

const outages: readonly (readonly [string, Partial<PimReader>])[] = [
  ['the directory does not answer', { expandApprovers: async () => ({ people: [], unreadable: [{ approver: { id: opsLeads.id, kind: 'group', name: opsLeads.name }, passing: true }] }) }],
  ['PIM is busy', { readRoleSettings: () => Promise.reject(new PimError('throttled', 'later')) }],
];

type Click = (parts: BotParts, turn: Turn, activation: Activation) => Promise<Reply>;
const clicks: readonly (readonly [string, Click])[] = [
  ['refresh', (parts, turn, { requestId }) => refreshApproval(parts, turn, requestId)],
  ['open', (parts, turn, { requestId }) => openApproval(parts, turn, requestId)],
  ['offer', (parts, turn, { requestId, version }) => openOffer(parts, turn, { requestId, version })],
  ['approve', (parts, turn, { requestId, version }) => decideApproval(parts, turn, 'approve', { requestId, version, reason: 'fine' })],
];

const each = outages.flatMap(([outage, reader]) => clicks.map(([click, does]) => [click, outage, reader, does] as const));

test.each(each)('promise 24: "%s" leaves an approver the card while %s; whoever has none learns nothing', async (click, _, reader, does) => {
  await using desk = await openDesk();
  const held = await desk.request('held');
  const parts: BotParts = { ...desk.parts, pimReader: { ...desk.parts.pimReader, ...reader } };
  const shown = await does(parts, turnOf(megan), held);
  expect(seen(shown).verbs).toContain(click === 'offer' ? 'approval.sendOffer' : 'approval.approve');
  expect(shown.shows).toMatchObject({ requestId: held.requestId, kind: 'approver' });
  const toStranger = await does(parts, turnOf(lee), held).then((reply) => JSON.stringify(reply.card), String);
  expect(toStranger).not.toContain(secret);
});

test.each(['denied', 'active', 'timedOut'] as const)('promise 12: an old card of a request that is %s tells so, also while nobody can sign in', async (state) => {
  await using desk = await openDesk();
  const { requestId, version } = await desk.request(state);
  const parts: BotParts = { ...desk.parts, signIn: { ...desk.parts.signIn, pimOf: () => Promise.reject(new PimError('signInRequired', 'sign in')) } };
  const click = decideApproval(parts, turnOf(megan), 'approve', { requestId, version: version - 1, reason: 'fine' });
  expect(seen(await click).words).toContain({ denied: 'Denied', active: 'Approved', timedOut: 'Not decided in time' }[state]);
});
