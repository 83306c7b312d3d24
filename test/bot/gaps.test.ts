import { expect, test } from 'vitest';
import { chooseRole, startActivation } from '../../src/bot/activations/activate.ts';
import { deactivateByWords, listActive } from '../../src/bot/activations/deactivate.ts';
import { listApprovals, openApproval } from '../../src/bot/approvals/open-approval.ts';
import { listRoles } from '../../src/bot/activations/list-roles.ts';
import { PimError } from '../../src/pim/errors.ts';
import type { EligibleAssignment, Gap, Listing } from '../../src/pim/model.ts';
import type { PimUser } from '../../src/pim/pim.ts';
import { alex, contributor, createStandIn, directory, eligible, lenient, now, production, seen, turnOf, userAdministrator, whole } from './stand-in.ts';

const turn = turnOf(alex);
const noEntra: readonly Gap[] = [{ kind: 'entra', why: 'unavailable' }];
const unread = 'Entra roles could not be read';

/** PIM that knows one Azure role and cannot read Entra's, in any listing. */
function halfRead(items: readonly EligibleAssignment[] = [eligible('e1', contributor, production)]): Partial<PimUser> {
  const nothing = async <T>(): Promise<Listing<T>> => ({ items: [], gaps: noEntra });
  return {
    listEligible: async () => ({ items, gaps: noEntra }),
    listActive: nothing,
    listPending: nothing,
    listWaitingForMyDecision: nothing,
    listChildren: async () => [],
    readRoleSettings: async () => lenient,
  };
}

// Guards: `gaps` in each handler, `withGaps` (src/cards/gaps.ts).
test('promise 24: what can be read is listed, and each list says once what could not be', async () => {
  await using standIn = await createStandIn({ pim: halfRead() });
  const roles = await listRoles(standIn.parts, turn);
  for (const list of [roles, await listActive(standIn.parts, turn), await listApprovals(standIn.parts, turn)]) {
    expect(seen(list).words.match(new RegExp(unread, 'gu'))).toHaveLength(1);
  }
  expect(seen(roles).words).toContain('Contributor');
});

test('promise 24: a role of the kind that can be read is activated as ever', async () => {
  await using standIn = await createStandIn({ pim: halfRead() });
  const { verbs } = seen(await startActivation(standIn.parts, turn, { name: 'activate', role: 'contributor', scope: '', minutes: null, starts: '', justification: '' }));
  expect(verbs).toContain('activation.submit');
});

test('nobody is told that a role is not theirs, or not active, or not waiting, while it may be among what could not be read', async () => {
  await using standIn = await createStandIn({ pim: halfRead() });
  const answers = [
    await startActivation(standIn.parts, turn, { name: 'activate', role: 'User Administrator', scope: '', minutes: null, starts: '', justification: '' }),
    await chooseRole(standIn.parts, turn, 'e2'),
    await deactivateByWords(standIn.parts, turn, { role: 'User Administrator', scope: '' }),
    await openApproval(standIn.parts, turn, crypto.randomUUID()),
  ];
  for (const answer of answers) {
    expect(seen(answer).words).toContain(unread);
    expect(seen(answer).words).not.toMatch(/No such role|no longer eligible|None of your|Request not found|Not yours/u);
  }
});

test('where Azure eligibilities could not be read, active Azure roles may be missing, and the list says so', async () => {
  const gaps: readonly Gap[] = [{ kind: 'azure', why: 'throttled' }, { kind: 'group', why: 'throttled' }];
  await using standIn = await createStandIn({ pim: { listEligible: async () => ({ items: [], gaps }), listActive: async () => whole() } });
  const { words } = seen(await listActive(standIn.parts, turn));
  expect(words).toContain('Azure resources could not be read');
  expect(words).not.toContain('Groups could not be read');
});

test('a gap for want of consent leads to the administrators’ page', async () => {
  const gaps: readonly Gap[] = [{ kind: 'entra', why: 'consentRequired' }];
  const consentUrl = 'https://login.microsoftonline.com/x/adminconsent';
  await using standIn = await createStandIn({ pim: { ...halfRead(), listWaitingForMyDecision: async () => ({ items: [], gaps }) }, more: { consentUrl } });
  expect(JSON.stringify((await listApprovals(standIn.parts, turn)).card)).toContain(consentUrl);
});

test('an Entra role held now is listed by name, though Azure’s may be incomplete', async () => {
  const held = {
    id: 'x', role: userAdministrator, scope: directory, principal: { ...alex, kind: 'user' as const }, how: 'activated' as const, start: now, until: null, requestId: null,
  };
  await using standIn = await createStandIn({
    pim: { ...halfRead(), listEligible: async () => whole(), listActive: async () => ({ items: [held], gaps: [{ kind: 'azure', why: 'tooManyScopes' }] }) },
  });
  const { words } = seen(await listActive(standIn.parts, turn));
  expect(words).toMatch(/User Administrator\nEntra directory[^]*This list may be incomplete[^]*more than 20 scopes/u);
});

test('when nothing at all can be read, the failure is told', async () => {
  await using standIn = await createStandIn({ pim: { listEligible: () => Promise.reject(new PimError('unavailable', 'down')) } });
  await expect(listRoles(standIn.parts, turn)).rejects.toThrow('down');
});
