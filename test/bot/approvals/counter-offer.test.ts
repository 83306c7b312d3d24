import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openOffer, sendOffer } from '../../../src/bot/approvals/counter-offer.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import type { RoleSettings, Scope } from '../../../src/pim/model.ts';
import { tighten, type OwnEntry } from '../../../src/pim/own-settings.ts';
import { findActivation, moveActivation, saveDraft, type Activation } from '../../../src/store/activations.ts';
import { sampleDraft } from '../../store/samples.ts';
import { alex, contoso, createStandIn, lenient, megan, production, seen, turnOf, web, type StandIn } from '../stand-in.ts';

// Guards of promise 13: `offerOf` and `scopeBelow` (src/bot/approvals/counter-offer.ts). Of promise 9: `showOffer` there.

const ours: OwnEntry = {
  role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: [megan.id], approvalsRequired: 1, tickets: [], escalateTo: [],
};
const vault = `${web.id}/providers/Microsoft.KeyVault/vaults/kv-1`;

let bot: StandIn;
let parts: BotParts;
beforeAll(async () => {
  bot = await createStandIn();
  parts = {
    ...bot.parts,
    ownLayer: { entries: [ours], bind: (pim) => Promise.resolve(tighten(pim, [ours])) },
    pimReader: {
      ...bot.parts.pimReader,
      readRoleSettings: () => Promise.resolve(lenient),
      expandApprovers: (approvers) => Promise.resolve({ people: approvers.map(({ id, name }) => ({ id, name, userPrincipalName: name })), unreadable: [] }),
    },
  };
});
afterAll(() => bot[Symbol.asyncDispose]());

/** A request of two hours that waits for Megan. */
async function request(scope: Scope, settings: RoleSettings | null = lenient, minutes = 120): Promise<Activation> {
  const { requestId } = await saveDraft(parts.store.db, sampleDraft({ person: alex, scope, settings }));
  const held = await moveActivation(parts.store.db, requestId, { from: ['draft'] }, { state: 'held', minutes });
  if (held === null) throw new Error('the draft did not move');
  return held;
}

interface Entered {
  readonly minutes?: number;
  readonly scopeId?: string;
  readonly reason?: string;
}

/** What was offered; or, where nothing was, what the card says. */
async function offered({ requestId, version }: Activation, entered: Entered): Promise<unknown> {
  const reply = await sendOffer(parts, turnOf(megan), { verb: 'approval.sendOffer', requestId, version, ...entered });
  const { state, offer } = await findActivation(parts.store.db, requestId) ?? {};
  if (state === 'denied' && offer !== null && offer !== undefined) return { minutes: offer.minutes, scope: offer.scope.id, reason: offer.reason, by: offer.by };
  return [state, refusals.filter((words) => seen(reply).words.includes(words))];
}

const reasonMissing = 'Say why, so that the requester understands.';
const scopeNotBelow = 'This is no scope below the one that was asked for.';
const notNarrower = 'An offer is shorter than the request, or at a narrower scope.';
const refusals = [scopeNotBelow, notNarrower];

const reason = ' less is enough ';
const because = { reason: 'less is enough', by: megan };

describe('promise 13: what is offered', () => {
  it.each<[string, Entered, object]>([
    ['a shorter time', { minutes: 60, reason }, { minutes: 60, scope: production.id }],
    ['the shortest time', { minutes: 30, reason }, { minutes: 30, scope: production.id }],
    ['a resource group of the subscription, by its name', { minutes: 120, scopeId: ' rg-web ', reason }, { minutes: 120, scope: web.id }],
    ['what lies below, by its path, for as long as was asked', { scopeId: vault, reason }, { minutes: 120, scope: vault }],
    ['the same scope in other letters, for less', { minutes: 60, scopeId: production.id.toUpperCase(), reason }, { minutes: 60, scope: production.id }],
  ])('may be %s', async (_, entered, offer) => {
    expect(await offered(await request(production), entered)).toEqual({ ...offer, ...because });
  });

  it.each<[string, Entered, string]>([
    ['what was asked for', { minutes: 120, reason }, notNarrower],
    ['what was asked for, its scope named', { scopeId: production.id.toUpperCase(), reason }, notNarrower],
    ['a longer time', { minutes: 121, reason }, notNarrower],
    ['a longer time at a narrower scope', { minutes: 121, scopeId: 'rg-web', reason }, notNarrower],
    ['less than the shortest time', { minutes: 29, reason }, notNarrower],
    ['another subscription', { minutes: 60, scopeId: '/subscriptions/another', reason }, scopeNotBelow],
    ['another subscription’s group', { minutes: 60, scopeId: '/subscriptions/another/resourceGroups/rg-web', reason }, scopeNotBelow],
    ['a scope above', { minutes: 60, scopeId: contoso.id, reason }, scopeNotBelow],
    ['a path that leaves the subscription', { minutes: 60, scopeId: '../../another', reason }, scopeNotBelow],
    ['no path', { minutes: 60, scopeId: '/', reason }, scopeNotBelow],
  ])('may not be %s', async (_, entered, refusal) => {
    expect(await offered(await request(production), entered)).toEqual(['held', [refusal]]);
  });

  it.each([undefined, '', '  '])('takes a reason, and "%s" is none', async (none) => {
    const activation = await request(production);
    expect(await offered(activation, { minutes: 60, ...(none === undefined ? {} : { reason: none }) })).toEqual(['held', []]);
    const { requestId, version } = activation;
    const reply = await sendOffer(parts, turnOf(megan), { verb: 'approval.sendOffer', requestId, version, minutes: 60 });
    expect(JSON.stringify(reply.card)).toContain(reasonMissing);
  });

  it('of a short request may be as short as that, at a narrower scope', async () => {
    expect(await offered(await request(production, lenient, 20), { minutes: 20, scopeId: 'rg-web', reason })).toEqual({ minutes: 20, scope: web.id, ...because });
    expect(await offered(await request(production, lenient, 20), { minutes: 19, scopeId: 'rg-web', reason })).toEqual(['held', [notNarrower]]);
  });

  it('below a resource group is what its path says, and no name', async () => {
    expect(await offered(await request(web), { scopeId: vault, reason })).toEqual({ minutes: 120, scope: vault, ...because });
    expect(await offered(await request(web), { minutes: 60, scopeId: 'kv-1', reason })).toEqual(['held', [scopeNotBelow]]);
    expect(await offered(await request(web), { minutes: 60, scopeId: production.id, reason })).toEqual(['held', [scopeNotBelow]]);
  });

  it.each([
    ['a management group', contoso, `${contoso.id}/providers/Microsoft.Web/sites/shop`],
    ['a resource', { id: vault, name: 'kv-1', type: 'resource' as const }, `${vault}/secrets/one`],
  ])('below %s is nothing', async (_, scope, scopeId) => {
    expect(await offered(await request(scope), { minutes: 60, scopeId, reason })).toEqual(['held', [scopeNotBelow]]);
    expect(await offered(await request(scope), { minutes: 60, reason })).toMatchObject({ minutes: 60, scope: scope.id });
  });
});

describe('promise 9: the form of an offer', () => {
  const lee = { id: 'a1e00000-0000-4000-8000-000000000004', name: 'Lee Gu' };

  it('is shown to an approver, with the card’s version', async () => {
    const { requestId, version } = await request(production);
    const reply = await openOffer(parts, turnOf(megan), { requestId, version });
    expect(reply.shows).toEqual({ requestId, version, kind: 'approver' });
    expect(seen(reply).words).toContain(production.name);
    expect(JSON.stringify(reply.card)).toContain('scopeId');
  });

  it('asks for a narrower scope only where a path tells what lies below', async () => {
    const { requestId, version } = await request(contoso);
    expect(JSON.stringify((await openOffer(parts, turnOf(megan), { requestId, version })).card)).not.toContain('"id":"scopeId"');
  });

  it.each([['somebody else', lee], ['the requester', alex]])('tells %s nothing of the request', async (_, who) => {
    const { requestId, version } = await request(production);
    for (const reply of [await openOffer(parts, turnOf(who), { requestId, version }), await sendOffer(parts, turnOf(who), { verb: 'approval.sendOffer', requestId, version })]) {
      expect(reply.shows).toBeUndefined();
      expect(seen(reply).words).not.toContain(production.name);
    }
    expect(await findActivation(parts.store.db, requestId)).toMatchObject({ state: 'held', version });
  });

  it('is not sent from a card that is out of date', async () => {
    const activation = await request(production);
    expect(await offered({ ...activation, version: activation.version - 1 }, { minutes: 60, reason })).toEqual(['held', []]);
  });
});
