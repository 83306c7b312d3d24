import { expect, test } from 'vitest';
import type { BotParts } from '../../../src/bot/parts.ts';
import { countApproval } from '../../../src/bot/approvals/count-approval.ts';
import { isStillApprover, readCurrentApprovers } from '../../../src/bot/approvals/current-approvers.ts';
import { decideApproval } from '../../../src/bot/approvals/decide-approval.ts';
import { listApprovals } from '../../../src/bot/approvals/open-approval.ts';
import { showApproval, showStatus } from '../../../src/bot/activations/show-activation.ts';
import { PimError } from '../../../src/pim/errors.ts';
import { createOwnLayer } from '../../../src/pim/own-layer.ts';
import type { OwnEntry } from '../../../src/pim/own-settings.ts';
import type { PimReader, PimUser } from '../../../src/pim/pim.ts';
import { findActivation, type Activation } from '../../../src/store/activations.ts';
import { markApproversAsked, markEscalated } from '../../../src/store/approvals.ts';
import { listApprovalsGiven } from '../../../src/store/approvals-given.ts';
import { megan, opsLeads, production, seen, turnOf, whole, alex, directory, userAdministrator } from '../stand-in.ts';
import { diego, lee, memberOf, nestor, openDesk, type Desk } from './one-request.ts';

// Guards: `distinctById` in `readCurrentApprovers` and `approvalProgress` (src/bot/approvals/current-approvers.ts), `countForPim`
// (src/bot/approvals/decide-here.ts), `listLapsed` (src/bot/approvals/count-approval.ts).

const twoApprovals: OwnEntry = {
  role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: [opsLeads.id], approvalsRequired: 2, tickets: [], escalateTo: [],
};

const unreadable = [{ approver: { id: opsLeads.id, kind: 'group' as const, name: opsLeads.name }, passing: true }];

const refused = (): Promise<never> => Promise.reject(new PimError('notPermitted', 'the bot may not read that'));

interface Change {
  readonly entry?: Partial<OwnEntry>;
  readonly reader?: Partial<PimReader>;
  readonly pim?: Partial<PimUser>;
}

/** The desk's bot, with other settings of ours, or another PIM. */
function changed({ parts }: Desk, { entry, reader, pim }: Change): BotParts {
  return {
    ...parts,
    ...(entry === undefined ? {} : { ownLayer: createOwnLayer({ entries: [{ ...twoApprovals, ...entry }], clock: parts.clock, listDescendants: async () => [] }) }),
    pimReader: { ...parts.pimReader, ...reader },
    signIn: { ...parts.signIn, pimOf: async (id) => ({ ...await parts.signIn.pimOf(id), ...pim }) },
  };
}

async function approves(parts: BotParts, by: typeof megan, { requestId }: Activation): Promise<string> {
  const present = await findActivation(parts.store.db, requestId);
  return seen(await decideApproval(parts, turnOf(by), 'approve', { requestId, version: present?.version ?? 0, reason: 'fine' })).words;
}

async function givenBy({ parts }: Desk, { requestId }: Activation): Promise<readonly string[]> {
  return (await listApprovalsGiven(parts.store.db, requestId)).map(({ by }) => by.name);
}

test('promise 11: who is an approver, and is asked by escalation, too, is one person', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const held = await desk.request('held');
  await markEscalated(desk.parts.store.db, held.requestId, [megan.id, diego.id]);
  const parts = changed(desk, { entry: { escalateTo: [opsLeads.id] } });
  await approves(parts, megan, held);
  expect((await findActivation(parts.store.db, held.requestId))?.state).toBe('held');
  await approves(parts, diego, held);
  expect((await findActivation(parts.store.db, held.requestId))?.state).toBe('approved');
});

test('promise 9: where PIM keeps a request, an approval of which it knows nothing is counted only of somebody whom PIM lists', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const pending = await desk.request('pending');
  const parts = changed(desk, { pim: { listWaitingForMyDecision: async () => whole() } });
  // PIM's lists are late by some minutes.
  expect(await approves(parts, megan, pending)).toMatch(/PIM does not answer[^]*Approve/u);
  desk.wait(5);
  expect(await approves(parts, megan, pending)).toContain('no longer an approver');
  expect(await givenBy(desk, pending)).toEqual([]);
  expect((await desk.audit(pending.requestId)).map(({ details }) => details['code'])).toContain('noApprover');
});

test('promise 9: where neither PIM nor the directory says who may decide, nobody is counted', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const pending = await desk.request('pending');
  const parts = changed(desk, { pim: { listWaitingForMyDecision: refused }, reader: { expandApprovers: async () => ({ people: [], unreadable }) } });
  expect(await approves(parts, megan, pending)).toContain('PIM does not answer');
  expect(await givenBy(desk, pending)).toEqual([]);
});

test('approvers whom the bot cannot read decide all the same: PIM names each of them', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const pending = await desk.request('pending');
  const forGood = unreadable.map((one) => ({ ...one, passing: false }));
  const parts = changed(desk, { reader: { expandApprovers: async () => ({ people: [], unreadable: forGood }) } });
  expect(await approves(parts, megan, pending)).toContain('1 of 2');
  expect(desk.effects).toEqual([]);
  await approves(parts, megan, pending);
  expect(desk.effects).toEqual([]);
  await approves(parts, diego, pending);
  expect(desk.effects).toEqual(['Diego Siciliani approve']);
});

test('where the settings may not be read any more, those of the form miss nobody whom PIM names by now', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const pending = await desk.request('pending');
  const parts = changed(desk, { reader: { readRoleSettings: refused, expandApprovers: async () => ({ people: [memberOf(lee)[1]], unreadable: [] }) } });
  for (const by of [megan, diego]) await approves(parts, by, pending);
  expect(desk.effects).toEqual(['Diego Siciliani approve']);
});

test('promise 24: while a list of approvers does not answer, no approval of PIM\'s is counted, for it may have lost somebody', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const pending = await desk.request('pending');
  await approves(desk.parts, megan, pending);
  desk.approvers.delete(megan.id);
  const half = { people: [memberOf(diego)[1]], unreadable };
  expect(await approves(changed(desk, { reader: { expandApprovers: async () => half } }), diego, pending)).toContain('PIM does not answer');
  expect([desk.effects, await givenBy(desk, pending)]).toEqual([[], [megan.name]]);
});

test('an escalation list that does not answer takes no approval away, and refuses nobody', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const held = await desk.request('held');
  await markEscalated(desk.parts.store.db, held.requestId, [nestor.id]);
  const escalateTo = ['b2e00000-0000-4000-8000-000000000009'];
  const asking = (answers: boolean): BotParts => changed(desk, {
    entry: { escalateTo },
    reader: { expandApprovers: async ([first]) => (first?.id !== escalateTo[0] ? { people: [...desk.approvers.values()], unreadable: [] } : answers ? { people: [memberOf(nestor)[1]], unreadable: [] } : { people: [], unreadable }) },
  });
  await approves(asking(true), nestor, held);
  expect(isStillApprover(await readCurrentApprovers(asking(false), held), nestor.id)).toBeNull();
  await approves(asking(false), megan, held);
  expect(await givenBy(desk, held)).toEqual([nestor.name, megan.name]);
});

test('one request whose approvers cannot be read does not take the list of the others away', async () => {
  await using desk = await openDesk();
  await desk.request('held');
  const parts = changed(desk, { reader: { expandApprovers: () => Promise.reject(new PimError('throttled', 'later')) }, pim: { listWaitingForMyDecision: async () => whole() } });
  expect(seen(await listApprovals(parts, turnOf(megan))).words).toContain('may be incomplete');
});

test('an approval of somebody who has left the list is not told on the cards any more', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const held = await desk.request('held');
  await approves(desk.parts, megan, held);
  desk.approvers.delete(megan.id);
  expect(await approves(desk.parts, diego, held)).toMatch(/1 of 2[^]*Diego/u);
  expect(await givenBy(desk, held)).toEqual([diego.name]);
  expect((await desk.audit(held.requestId)).at(-1)?.details).toMatchObject({ given: 1, needed: 2, lapsed: [megan.id] });
});

test('from a list that could not be read in whole nobody is missed', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const held = await desk.request('held');
  await approves(desk.parts, megan, held);
  await approves(changed(desk, { reader: { expandApprovers: async () => ({ people: [memberOf(diego)[1]], unreadable }) } }), diego, held);
  expect(await givenBy(desk, held)).toEqual([megan.name, diego.name]);
  expect((await findActivation(desk.parts.store.db, held.requestId))?.state).toBe('held');
});

test('where the last approval was counted and has not reached PIM, whoever approves once more sends it', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const pending = await desk.request('pending');
  await approves(desk.parts, megan, pending);
  // As if the process had ended between the count and the call.
  const decision = { result: 'approve' as const, by: diego, reason: 'fine', at: desk.parts.clock.now() };
  await countApproval(desk.parts, pending, decision, await readCurrentApprovers(desk.parts, pending));
  const present = await findActivation(desk.parts.store.db, pending.requestId) ?? pending;
  const card = seen(await showApproval(desk.parts, turnOf(diego), present));
  expect(card.words).toContain('Approve once more');
  expect(card.verbs).toContain('approval.approve');
  await approves(desk.parts, diego, pending);
  expect([desk.effects, (await findActivation(desk.parts.store.db, pending.requestId))?.state]).toEqual([['Diego Siciliani approve'], 'active']);
});

test('the requester reads when fewer people may approve than have to', async () => {
  await using desk = await openDesk({ approvalsRequired: 2 });
  const held = await desk.request('held');
  const words = async (possible: number): Promise<string> => {
    await markApproversAsked(desk.parts.store.db, held.requestId, { at: desk.parts.clock.now(), possible });
    return seen(await showStatus(desk.parts, turnOf(alex), await findActivation(desk.parts.store.db, held.requestId) ?? held)).words;
  };
  expect(await words(1)).toContain('It takes 2 approvals, and its approvers can give 1.');
  expect(await words(2)).not.toContain('It takes 2 approvals');
});

test('who comes to the list of approvers later finds in "approvals" what waited before', async () => {
  await using desk = await openDesk();
  await desk.request('held');
  const shownTo = async (who: typeof lee): Promise<string> => seen(await listApprovals(desk.parts, turnOf(who))).words;
  expect(await shownTo(lee)).not.toContain('Alex Wilber');
  desk.approvers.set(...memberOf(lee));
  expect(await shownTo(lee)).toContain('Alex Wilber');
  expect(await shownTo(alex)).not.toContain('Alex Wilber');
});

// https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-how-to-change-default-settings
test('a directory role that names no approvers is approved by those who manage directory roles', async () => {
  await using desk = await openDesk();
  const pending = { ...await desk.request('pending'), role: userAdministrator, scope: directory };
  const asked: string[] = [];
  const parts = changed(desk, {
    reader: {
      readRoleSettings: async () => ({ ...await desk.parts.pimReader.readRoleSettings(userAdministrator, directory), approvalRequired: true, approvers: [] }),
      listAdministrators: async () => [{ id: megan.id, kind: 'user', name: megan.name }],
      expandApprovers: async (approvers) => {
        asked.push(...approvers.map(({ name }) => name));
        return { people: approvers.map((one) => memberOf(one)[1]), unreadable: [] };
      },
    },
  });
  expect([isStillApprover(await readCurrentApprovers(parts, pending), megan.id), isStillApprover(await readCurrentApprovers(parts, pending), diego.id)]).toEqual([true, false]);
  expect(asked).toEqual([megan.name, megan.name]);
});
