import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presentAtPim, presentSettings, readCurrentApprovers, type CurrentApprovers } from '../../../src/bot/approvals/current-approvers.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import { PimError, type PimErrorCode } from '../../../src/pim/errors.ts';
import type { Approver, RoleSettings } from '../../../src/pim/model.ts';
import { tighten, type OwnEntry } from '../../../src/pim/own-settings.ts';
import { saveDraft, type Activation } from '../../../src/store/activations.ts';
import { markEscalated, recordAskedApprovers } from '../../../src/store/approvals.ts';
import { sampleDraft } from '../../store/samples.ts';
import { alex, createStandIn, directory, lenient, now, type StandIn } from '../stand-in.ts';

// Guards of promises 8 and 9: `readCurrentApprovers` with `readEscalated`, `settingsAsHeld`, `readAtPim` and `withDefaultApprovers`
// (src/bot/approvals/current-approvers.ts).

const approver = (id: string): Approver => ({ id, kind: 'user', name: id });
const asking = (...ids: readonly string[]): RoleSettings => ({ ...lenient, approvalRequired: true, approvers: ids.map(approver) });
const entry: OwnEntry = {
  role: 'Contributor', scope: directory, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
  approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [],
};
const ours: OwnEntry = { ...entry, approverIds: ['own'] };

let bot: StandIn;
beforeAll(async () => { bot = await createStandIn(); });
afterAll(() => bot[Symbol.asyncDispose]());

interface Given {
  /** Of PIM; or why they are not told. */
  readonly settings: RoleSettings | PimErrorCode | TypeError;
  readonly entries?: readonly OwnEntry[];
  readonly administrators?: readonly Approver[] | PimErrorCode;
  /** Approvers that cannot be read, and whether they may be later. */
  readonly unread?: Readonly<Record<string, boolean>>;
}

const told = <T extends object>(answer: T | PimErrorCode | TypeError): Promise<T> => {
  if (answer instanceof TypeError) return Promise.reject(answer);
  return typeof answer === 'string' ? Promise.reject(new PimError(answer, 'it is not told')) : Promise.resolve(answer);
};

function botWith({ settings, entries = [], administrators = 'unavailable', unread = {} }: Given): BotParts {
  const { parts } = bot;
  return {
    ...parts,
    ownLayer: { entries, bind: (pim) => Promise.resolve(pim === null && entries.length === 0 ? null : tighten(pim, entries)) },
    pimReader: {
      ...parts.pimReader,
      readRoleSettings: () => told(settings),
      listAdministrators: () => told(administrators),
      expandApprovers: (approvers) => Promise.resolve({
        people: approvers.filter(({ id }) => unread[id] === undefined).map(({ id, name }) => ({ id, name, userPrincipalName: name })),
        unreadable: approvers.flatMap((one) => (unread[one.id] === undefined ? [] : [{ approver: one, passing: unread[one.id] === true }])),
      }),
    },
  };
}

/** A request of Alex's, as if it were in this state. */
async function request(state: Activation['state'], change: Partial<Activation> = {}): Promise<Activation> {
  return { ...await saveDraft(bot.parts.store.db, sampleDraft({ person: alex })), state, ...change };
}

/** Of each list: who decides, how many it takes, whether it is whole, whether only PIM knows it. */
function shapeOf({ heldBy, requirements }: CurrentApprovers): readonly unknown[] {
  return [heldBy, ...requirements.map(({ people, count, isWhole, onlyPimKnows }) => [people.map(({ id }) => id).join(' '), count, isWhole, onlyPimKnows])];
}

const shape = async (state: Activation['state'], given: Given, change: Partial<Activation> = {}): Promise<readonly unknown[]> =>
  shapeOf(await readCurrentApprovers(botWith(given), await request(state, change)));

describe('promise 9: who may decide on what PIM keeps', () => {
  it('is whom PIM’s settings name now, once each, but never the requester', async () => {
    expect(await shape('pending', { settings: asking('a', 'A', alex.id.toUpperCase(), alex.id, 'b') })).toEqual(['pim', ['A b', 1, true, false]]);
  });

  it('is whom PIM names, whomever we would have asked', async () => {
    expect(await shape('pending', { settings: asking('a'), entries: [{ ...ours, approvalsRequired: 2 }] })).toEqual(['pim', ['a', 2, true, false]]);
  });

  it('is somebody whom only PIM knows, where its settings ask for nobody by now or name nobody', async () => {
    expect(await shape('pending', { settings: lenient })).toEqual(['pim', ['', 1, false, true]]);
    expect(await shape('pending', { settings: 'notPermitted' })).toEqual(['pim', ['', 1, false, true]]);
  });

  it.each<[Readonly<Record<string, boolean>>, boolean]>([[{ a: false }, true], [{ a: true }, false], [{ a: true, b: false }, false], [{ a: false, b: false }, true]])(
    'where %j cannot be read, may be on a list that only PIM knows: %s', async (unread, onlyPimKnows) => {
      const ids = ['c', ...Object.keys(unread)];
      expect(await shape('pending', { settings: asking(...ids), unread })).toEqual(['pim', ['c', 1, false, onlyPimKnows]]);
    });

  it.each(['notPermitted', 'consentRequired', 'notFound'] as const)('is remembered of the form where PIM’s settings are refused (%s), and then not surely everybody', async (code) => {
    expect(await shape('pending', { settings: code }, { settings: asking('a') })).toEqual(['pim', ['a', 1, false, true]]);
  });

  it.each(['unavailable', 'throttled'] as const)('is not guessed while PIM is %s', async (code) => {
    await expect(shape('pending', { settings: code }, { settings: asking('a') })).rejects.toMatchObject({ code });
  });

  it('is not guessed after a fault of ours', async () => {
    await expect(shape('pending', { settings: new TypeError('broken') }, { settings: asking('a') })).rejects.toThrow('broken');
  });
});

describe('promise 9: who may decide on what we keep', () => {
  it.each(['held', 'approved'] as const)('is whom our settings name, whatever PIM asks for by now (%s)', async (state) => {
    expect(await shape(state, { settings: asking('a'), entries: [ours] })).toEqual(['bot', ['own', 1, true, false]]);
    expect(await shape(state, { settings: 'notPermitted', entries: [ours] }, { settings: asking('a') })).toEqual(['bot', ['own', 1, true, false]]);
    expect(await shape(state, { settings: 'notPermitted', entries: [ours] })).toEqual(['bot', ['own', 1, true, false]]);
  });

  it('is never somebody whom only PIM knows', async () => {
    expect(await shape('held', { settings: lenient, entries: [ours], unread: { own: false } })).toEqual(['bot', ['', 1, false, false]]);
  });

  it('is nobody where neither PIM nor we ask', async () => {
    expect(await shape('held', { settings: asking('a') })).toEqual([null]);
    expect(await shape('held', { settings: 'notPermitted' })).toEqual([null]);
  });

  it('is the requester never, whichever settings name them', async () => {
    expect(await shape('held', { settings: lenient, entries: [{ ...ours, approverIds: [alex.id, 'own'] }] })).toEqual(['bot', ['own', 1, true, false]]);
  });

  it('before anything is kept, is whom the settings would ask', async () => {
    expect(await shape('draft', { settings: asking('a'), entries: [ours] })).toEqual(['pim', ['a', 1, true, false]]);
    expect(await shape('draft', { settings: lenient })).toEqual([null]);
  });
});

describe('promise 9: who was asked because nobody answered', () => {
  const later = { ...ours, escalateTo: ['boss', 'other', alex.id] };

  async function escalated(state: Activation['state'], asked: readonly string[], given: Partial<Given> = {}): Promise<CurrentApprovers> {
    const activation = await request(state);
    await recordAskedApprovers(bot.parts.store.db, activation.requestId, ['own', 'other', ...asked].map(approver), now);
    await markEscalated(bot.parts.store.db, activation.requestId, asked);
    return readCurrentApprovers(botWith({ settings: lenient, entries: [later], ...given }), activation);
  }

  it('decides like an approver, as long as our settings name them', async () => {
    expect(shapeOf(await escalated('held', ['BOSS', 'gone', alex.id]))).toEqual(['bot', ['own boss', 1, true, false]]);
    expect(shapeOf(await escalated('held', []))).toEqual(['bot', ['own', 1, true, false]]);
    expect(shapeOf(await escalated('held', ['boss'], { entries: [ours] }))).toEqual(['bot', ['own', 1, true, false]]);
    expect(shapeOf(await escalated('held', ['boss'], { entries: [] }))).toEqual([null]);
  });

  it('decides on nothing that PIM keeps', async () => {
    expect(shapeOf(await escalated('pending', ['boss'], { settings: asking('a') }))).toEqual(['pim', ['a', 1, true, false]]);
  });

  it('may be on a list that cannot be read', async () => {
    expect(shapeOf(await escalated('held', ['boss'], { unread: { other: true } }))).toEqual(['bot', ['own boss', 1, false, false]]);
    expect(shapeOf(await escalated('held', [], { unread: { other: true } }))).toEqual(['bot', ['own', 1, true, false]]);
  });

  it('is nobody where our own settings are not known', async () => {
    expect(shapeOf(await escalated('held', ['boss'], { settings: 'notPermitted', entries: [] }))).toEqual([null]);
  });
});

describe('a directory role that names no approvers', () => {
  const inDirectory = { scope: directory, eligibilityScheduleId: 'x' };

  it('is decided on by those who manage directory roles', async () => {
    expect(await shape('pending', { settings: asking(), administrators: [approver('admin')] }, inDirectory)).toEqual(['pim', ['admin', 1, true, false]]);
  });

  it('is PIM’s to know where those cannot be read', async () => {
    expect(await shape('pending', { settings: asking(), administrators: 'notPermitted' }, inDirectory)).toEqual(['pim', ['', 1, false, true]]);
  });

  it.each<[string, RoleSettings, Partial<Activation>]>([
    ['that names some', asking('a'), inDirectory], ['that takes no approval', lenient, inDirectory], ['in Azure', asking(), {}],
  ])('is another matter than one %s', async (_, settings, change) => {
    const administrators = [approver('admin')];
    expect(await presentAtPim(botWith({ settings, administrators }), await request('pending', change))).toEqual(settings);
  });
});

describe('the settings as they are now', () => {
  it('are PIM’s and ours, as whoever keeps the request asks for its approval', async () => {
    const bot = botWith({ settings: asking('a'), entries: [ours] });
    expect(await presentSettings(bot, await request('held'))).toMatchObject({ heldBy: 'bot' });
    expect(await presentSettings(bot, await request('pending'))).toMatchObject({ heldBy: 'pim' });
    expect(await presentAtPim(bot, await request('held'))).toEqual(asking('a'));
    expect(await presentAtPim(botWith({ settings: 'notFound' }), await request('held'))).toBeNull();
  });
});
