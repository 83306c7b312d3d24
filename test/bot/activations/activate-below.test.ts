import { expect, test } from 'vitest';
import { chooseRole, startActivation } from '../../../src/bot/activations/activate.ts';
import { submitActivation } from '../../../src/bot/activations/submit-activation.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { ActivationDraft, ActivationRequest, EligibleAssignment, Scope } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { findActivation } from '../../../src/store/activations.ts';
import {
  alex, app, contoso, contributor, createStandIn, development, directory, eligible, groupIn, lenient, megan, now, production, reader, seen, turnOf, userAdministrator,
  web, whole, type StandIn,
} from '../stand-in.ts';

const turn = turnOf(alex);
const activate = (role: string, scope = '') => ({ name: 'activate', role, scope, minutes: null, starts: '', justification: '' }) as const;

interface Directory {
  readonly eligible: readonly EligibleAssignment[];
  readonly children?: ReadonlyMap<Scope, readonly Scope[]>;
}

/** PIM with these eligibilities; what was asked for and sent is kept. */
function pimWith({ eligible: items, children = new Map() }: Directory): { pim: Partial<PimUser>; asked: string[]; sent: ActivationDraft[] } {
  const asked: string[] = [];
  const sent: ActivationDraft[] = [];
  return {
    asked,
    sent,
    pim: {
      listEligible: async () => whole(...items),
      listChildren: async (scope) => {
        asked.push(scope.name);
        return children.get(scope) ?? [];
      },
      readRoleSettings: async (_role, scope) => (scope.id === production.id ? { ...lenient, maximumMinutes: 120 } : { ...lenient, ticketRequired: scope.name === 'rg-web' }),
      activate: async (requestId, draft) => {
        sent.push(draft);
        return granted(requestId, draft);
      },
    },
  };
}

function granted(id: string, { role, scope, minutes, justification, ticket }: ActivationDraft): ActivationRequest {
  return { id, action: 'activate', role, scope, requester: { ...alex, kind: 'user' }, pimStatus: 'Provisioned', createdAt: now, start: now, minutes, justification, ticket, approvalId: null, eligibilityScheduleId: '' };
}

const atProduction = eligible('e1', contributor, production);
const below = new Map([[production, [app, web]]]);

async function formOf(standIn: StandIn, role: string, scope: string): Promise<ReturnType<typeof seen>> {
  return seen(await startActivation(standIn.parts, turn, activate(role, scope)));
}

test('a role at a scope below the eligibility leads to the form there, held to the settings of both', async () => {
  const { pim } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim });
  const { words, chosen, choices, form } = await formOf(standIn, 'contributor', 'rg-web');
  expect(chosen).toBe(web.id);
  expect(choices.map(({ value }) => value)).toEqual([production.id, web.id, app.id]);
  expect(words).toContain('both count');
  const draft = await findActivation(standIn.parts.store.db, form.requestId);
  expect(draft).toMatchObject({ scope: web, eligibilityScheduleId: atProduction.eligibilityScheduleId, settings: { maximumMinutes: 120, ticketRequired: true } });
});

test('role and scope need no word in between', async () => {
  const { pim } = pimWith({ eligible: [eligible('e0', reader, development), atProduction], children: below });
  await using standIn = await createStandIn({ pim });
  expect((await formOf(standIn, 'Contributor rg-web', '')).chosen).toBe(web.id);
});

test('an eligibility at a scope of that name needs no look below', async () => {
  const { pim, asked } = pimWith({ eligible: [atProduction, eligible('e2', contributor, web)], children: below });
  await using standIn = await createStandIn({ pim });
  const { form } = await formOf(standIn, 'contributor', 'rg-web');
  expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ scope: web, eligibilityScheduleId: expect.stringContaining('rg-web') });
  expect(asked).toEqual(['rg-web']);
});

test('a scope below that is called just so wins over an eligibility at one that only begins like it, or lies in it', async () => {
  const test = groupIn(production, 'rg-web-test');
  const vault: Scope = { id: `${web.id}/providers/Microsoft.KeyVault/vaults/kv`, name: 'kv', type: 'resource' };
  for (const other of [test, vault]) {
    const { pim } = pimWith({ eligible: [atProduction, eligible('e2', contributor, other)], children: below });
    await using standIn = await createStandIn({ pim });
    for (const [role, scope] of [['contributor', 'rg-web'], ['contributor rg-web', '']] as const) {
      const { form } = await formOf(standIn, role, scope);
      expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ scope: web, eligibilityScheduleId: atProduction.eligibilityScheduleId });
    }
    const { form } = await formOf(standIn, 'contributor', other.name.slice(0, -1));
    expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ scope: other });
  }
});

test('only eligibilities whose role fits are looked below, each scope once', async () => {
  const { pim, asked } = pimWith({ eligible: [atProduction, eligible('e2', contributor, production), eligible('e3', reader, development), eligible('e4', userAdministrator, directory)] });
  await using standIn = await createStandIn({ pim });
  const { words, verbs } = await formOf(standIn, 'contributor', 'rg-nowhere');
  expect(asked).toEqual(['Production']);
  expect(words).toContain('No such role among yours');
  expect(verbs).toContain('activation.choose');
});

test('several that fit are offered, and the one that is picked leads to the form there', async () => {
  const twin = groupIn(development, 'rg-web');
  const { pim } = pimWith({ eligible: [atProduction, eligible('e5', contributor, development)], children: new Map([[production, [app, web]], [development, [twin]]]) });
  await using standIn = await createStandIn({ pim });
  const { words, choices } = await formOf(standIn, 'contributor', 'rg-web');
  expect(words).toContain('Which one do you mean?');
  expect(choices).toHaveLength(2);
  const form = seen(await chooseRole(standIn.parts, turn, choices[1]?.value ?? ''));
  expect(form.chosen).toBe(twin.id);
  expect(await findActivation(standIn.parts.store.db, form.form.requestId)).toMatchObject({ scope: twin, eligibilityScheduleId: expect.stringContaining(development.id) });
});

test('of two eligibilities that reach the same scope, the nearer one is used', async () => {
  const { pim } = pimWith({ eligible: [eligible('e6', contributor, contoso), atProduction], children: new Map([[contoso, [production, web]], [production, [app, web]]]) });
  await using standIn = await createStandIn({ pim });
  const { form } = await formOf(standIn, 'contributor', 'rg-web');
  expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ eligibilityScheduleId: atProduction.eligibilityScheduleId });
});

test('what lies below a subscription is reached from the management group above it, and cannot be forged', async () => {
  const children = new Map([[contoso, [production, development]], [production, [app, web]], [development, [groupIn(development, 'rg-lab')]]]);
  const { pim, asked, sent } = pimWith({ eligible: [eligible('e6', contributor, contoso)], children });
  await using standIn = await createStandIn({ pim });
  const { chosen, choices, form } = await formOf(standIn, 'contributor', 'rg-web');
  expect(chosen).toBe(web.id);
  expect(choices.map(({ value }) => value)).toEqual([contoso.id, web.id, development.id, production.id]);
  expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ scope: web, eligibilityScheduleId: expect.stringContaining(contoso.id) });
  expect(asked.slice(0, 3)).toEqual(['Contoso', 'Production', 'Development']);

  const whole = await formOf(standIn, 'contributor', '');
  asked.length = 0;
  await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...whole.form, ...filled, scopeId: groupIn(development, 'rg-secret').id });
  expect(asked.slice(0, 2)).toEqual(['Contoso', 'Development']);
  expect(sent).toEqual([]);
  await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...whole.form, ...filled, scopeId: app.id });
  expect(sent.map(({ scope }) => scope)).toEqual([app]);
});

test('what could not be looked below is named, and what was found elsewhere is used', async () => {
  const { pim } = pimWith({ eligible: [atProduction, eligible('e7', contributor, development)] });
  const listChildren = async (scope: Scope): Promise<readonly Scope[]> => {
    if (scope.id === production.id) throw new PimError('unavailable', 'no');
    return [groupIn(development, 'rg-lab')];
  };
  await using standIn = await createStandIn({ pim: { ...pim, listChildren } });
  expect((await formOf(standIn, 'contributor', 'rg-lab')).words).toContain('Activate a role');
  const { words } = await formOf(standIn, 'contributor', 'rg-web');
  expect(words).toContain('Azure resources could not be read');
  expect(words).not.toContain('No such role');
});

test('at most four scopes at once and twenty in all are looked below, and the card says so', async () => {
  const many = Array.from({ length: 30 }, (_, index) => eligible(`m${index}`, contributor, { ...production, id: `/subscriptions/${index}`, name: `Sub ${index}` }));
  let atOnce = 0;
  let most = 0;
  let calls = 0;
  const listChildren = async (): Promise<readonly Scope[]> => {
    calls += 1;
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => { setImmediate(resolve); });
    atOnce -= 1;
    return [];
  };
  const { pim } = pimWith({ eligible: many });
  await using standIn = await createStandIn({ pim: { ...pim, listChildren } });
  expect((await formOf(standIn, 'contributor', 'rg-web')).words).toContain('more than 20 scopes');
  expect({ calls, most }).toEqual({ calls: 20, most: 4 });
});

test('management groups that lie below each other are looked through once, twenty scopes in all', async () => {
  let calls = 0;
  const listChildren = async (): Promise<readonly Scope[]> => {
    calls += 1;
    return [contoso, ...Array.from({ length: 40 }, (_, index) => ({ ...development, id: `/subscriptions/${index}` }))];
  };
  const { pim } = pimWith({ eligible: [eligible('e6', contributor, contoso)] });
  await using standIn = await createStandIn({ pim: { ...pim, listChildren } });
  expect((await formOf(standIn, 'contributor', 'rg-web')).words).toContain('more than 20 scopes');
  expect(calls).toBe(20);
  calls = 0;
  expect((await chooseRole(standIn.parts, turn, `e6 ${web.id}`)).shows).toBeUndefined();
  expect(calls).toBeLessThanOrEqual(20);
});

test('the form offers what lies below, and says so where that cannot be read', async () => {
  const { pim } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim });
  expect((await formOf(standIn, 'contributor', '')).choices).toHaveLength(3);
  await using unread = await createStandIn({ pim: { ...pim, listChildren: () => Promise.reject(new PimError('throttled', 'wait')) } });
  expect((await formOf(unread, 'contributor', '')).words).toContain('only the whole is offered');
});

const filled = { minutes: 60, justification: 'a fix', ticketNumber: 'INC1', ticketSystem: 'SN' };

test('the scope that is picked on the form is the one that is asked for, with the settings of both, in one move', async () => {
  const { pim, sent } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim });
  const { form } = await formOf(standIn, 'contributor', '');
  await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled, scopeId: web.id.toUpperCase() });
  expect(sent).toMatchObject([{ scope: web, eligibilityScheduleId: atProduction.eligibilityScheduleId, minutes: 60 }]);
  const activation = await findActivation(standIn.parts.store.db, form.requestId);
  expect(activation).toMatchObject({ scope: web, state: 'active', version: 3, settings: { maximumMinutes: 120, ticketRequired: true } });
  expect((await standIn.audit())[0]).toMatchObject({ action: 'activate', phase: 'attempt', details: { scope: web.id } });
});

test('what the picked scope asks for beyond the form comes back as reasons, and nothing is sent', async () => {
  const { pim, sent } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim });
  const { form } = await formOf(standIn, 'contributor', '');
  const again = seen(await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, minutes: 60, scopeId: web.id }));
  expect(again.words).toContain('This role asks for a ticket number.');
  expect(again.chosen).toBe(web.id);
  expect(sent).toEqual([]);
  expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ state: 'draft', version: 1, scope: production });
});

// Guard: `findTarget` (src/bot/activations/activation-form.ts) with `findScopeOffered` (src/bot/activations/scopes-below.ts).
test.each([
  ['the root', '/'],
  ['another subscription', development.id],
  ['a resource group that PIM does not list', groupIn(production, 'rg-secret').id],
  ['the management group above', contoso.id],
  ['a path that leads out', `${web.id}/../rg-secret`],
  ['a group', 'b2e00000-0000-4000-8000-000000000001'],
  ['no path at all', 'x'],
])('promise 13: %s in a forged form is not offered by PIM, and nothing is sent', async (_what, scopeId) => {
  const { pim, sent } = pimWith({ eligible: [atProduction, eligible('e8', reader, development)], children: below });
  await using standIn = await createStandIn({ pim });
  const { form } = await formOf(standIn, 'contributor', 'Production');
  const { words } = seen(await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled, scopeId }));
  expect(words).toContain('PIM does not offer this scope for your role');
  expect(sent).toEqual([]);
  expect(await standIn.audit()).toEqual([]);
  expect(await findActivation(standIn.parts.store.db, form.requestId)).toMatchObject({ state: 'draft', version: 1, scope: production });
});

test('promise 13: a scope that PIM no longer lists when the form is sent is not reached', async () => {
  let children: readonly Scope[] = [app, web];
  const { pim, sent } = pimWith({ eligible: [atProduction] });
  await using standIn = await createStandIn({ pim: { ...pim, listChildren: async () => children } });
  const { form } = await formOf(standIn, 'contributor', '');
  children = [app];
  await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled, scopeId: web.id });
  expect(sent).toEqual([]);
});

test('promise 13: an eligibility that has ended takes the scopes below it with it', async () => {
  let items: readonly EligibleAssignment[] = [atProduction];
  const { pim, sent } = pimWith({ eligible: items, children: below });
  await using standIn = await createStandIn({ pim: { ...pim, listEligible: async () => whole(...items) } });
  const { form } = await formOf(standIn, 'contributor', '');
  items = [];
  await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled, scopeId: web.id });
  expect(sent).toEqual([]);
});

test('promise 13: a forged choice reaches no scope that PIM does not list below that eligibility', async () => {
  const { pim } = pimWith({ eligible: [atProduction, eligible('e9', userAdministrator, directory)], children: below });
  await using standIn = await createStandIn({ pim });
  for (const choice of [`e1 ${development.id}`, 'e1 /', `e9 ${web.id}`, `e0 ${web.id}`, `e1  ${web.id}`, ' ']) {
    const { words, verbs } = seen(await chooseRole(standIn.parts, turn, choice));
    expect(verbs).not.toContain('activation.submit');
    expect(words).toContain('You are no longer eligible');
  }
});

test('promise 13: somebody else\'s form cannot be sent to a scope of one\'s own', async () => {
  const { pim, sent } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim, others: pim });
  const { form } = await formOf(standIn, 'contributor', '');
  const { words } = seen(await submitActivation(standIn.parts, turnOf(megan), { verb: 'activation.submit', ...form, ...filled, scopeId: web.id }));
  expect(words).toContain('belongs to somebody else');
  expect(sent).toEqual([]);
});

test('promise 10: of two clicks that pick different scopes one is sent', async () => {
  const { pim, sent } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim });
  const { form } = await formOf(standIn, 'contributor', '');
  await Promise.all([app, web].map(({ id }) => submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled, scopeId: id })));
  expect(sent).toHaveLength(1);
  expect((await findActivation(standIn.parts.store.db, form.requestId))?.scope).toEqual(sent[0]?.scope);
});

test('promise 24: while PIM cannot say what lies below, the form stays as it was filled in and nothing is sent', async () => {
  const { pim, sent } = pimWith({ eligible: [atProduction], children: below });
  let down = false;
  const listChildren = async (): Promise<readonly Scope[]> => {
    if (down) throw new PimError('unavailable', 'down');
    return [app, web];
  };
  await using standIn = await createStandIn({ pim: { ...pim, listChildren } });
  const { form } = await formOf(standIn, 'contributor', '');
  down = true;
  const { words, verbs } = seen(await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled, scopeId: web.id }));
  expect(words).toContain('PIM does not answer');
  expect(verbs).toContain('activation.submit');
  expect(sent).toEqual([]);
});

test('"activate again" names the scope below, too', async () => {
  const { pim } = pimWith({ eligible: [atProduction], children: below });
  await using standIn = await createStandIn({ pim: { ...pim, activate: async (id, draft) => ({ ...granted(id, draft), pimStatus: 'Canceled' }) } });
  const { form } = await formOf(standIn, 'contributor', 'rg-web');
  const withdrawn = await submitActivation(standIn.parts, turn, { verb: 'activation.submit', ...form, ...filled });
  const { eligibleId } = Object(Object(withdrawn.card.actions[0])['data']);
  expect(eligibleId).toBe(`e1 ${web.id}`);
  expect(seen(await chooseRole(standIn.parts, turn, eligibleId)).chosen).toBe(web.id);
});
