import { expect, test } from 'vitest';
import { startActivation } from '../../../src/bot/activations/activate.ts';
import { validateActivation } from '../../../src/bot/activations/validate-activation.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { ActivationDraft } from '../../../src/pim/model.ts';
import type { PimUser } from '../../../src/pim/pim.ts';
import { findActivation } from '../../../src/store/activations.ts';
import { alex, app, contributor, createStandIn, eligible, lenient, megan, production, seen, turnOf, web, whole, type StandIn } from '../stand-in.ts';

const turn = turnOf(alex);
const filled = { minutes: 60, justification: 'a fix' };

interface Tried {
  readonly words: string;
  readonly tried: readonly ActivationDraft[];
  readonly standIn: StandIn;
  readonly again: ReturnType<typeof seen>;
}

/** Opens a form and has it checked. Sending anything fails the test. */
async function check(validate: () => ReturnType<PimUser['validate']>, more: object = {}, stepUpOrigin: string | null = null): Promise<Tried> {
  const tried: ActivationDraft[] = [];
  const standIn = await createStandIn({
    pim: {
      listEligible: async () => whole(eligible('e1', contributor, production)),
      listChildren: async () => [app, web],
      readRoleSettings: async () => lenient,
      validate: (draft) => { tried.push(draft); return validate(); },
      activate: () => { throw new Error('nothing may be sent'); },
    },
    more: { stepUpOrigin },
  });
  const { form } = seen(await startActivation(standIn.parts, turn, { name: 'activate', role: 'contributor', scope: '', minutes: null, starts: '', justification: '' }));
  const before = await findActivation(standIn.parts.store.db, form.requestId);
  const again = seen(await validateActivation(standIn.parts, turn, { verb: 'activation.validate', ...form, ...filled, ...more }));
  expect(await findActivation(standIn.parts.store.db, form.requestId)).toEqual(before);
  expect(await standIn.audit()).toEqual([]);
  expect(standIn.jobs).toEqual([]);
  return { words: again.words, tried, standIn, again };
}

test.each([
  ['granted', 'PIM would grant this at once'],
  ['needsApproval', 'PIM would ask for approval'],
] as const)('PIM says %s, and the form says so with what was filled in; nothing is sent or remembered', async (answer, sentence) => {
  const { words, again, tried, standIn } = await check(async () => answer);
  await using _ = standIn;
  expect(words).toContain(sentence);
  expect(words).toContain('Nothing has been sent');
  expect(again.verbs).toEqual(['activation.submit', 'activation.validate', 'roles.show']);
  expect(tried).toEqual([{ role: contributor, scope: production, eligibilityScheduleId: expect.stringContaining('e1'), start: null, ...filled, ticket: null }]);
});

test('what PIM would refuse is told with why and what to do, on the form', async () => {
  const { words, again, standIn } = await check(() => Promise.reject(new PimError('policyRefused', 'no', { rules: ['TicketingRule'] })));
  await using _ = standIn;
  expect(words).toMatch(/The role asks for a ticket\.\nEnter ticket number/u);
  expect(again.verbs).toContain('activation.submit');
});

test('where a stronger sign-in would help, the form says that "Activate" leads to it', async () => {
  const claims = '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}';
  const refused = (): Promise<never> => Promise.reject(new PimError('stepUpRequired', 'no', { claims }));
  const { words, standIn } = await check(refused, {}, 'https://pim-bot.example');
  await using _ = standIn;
  expect(words).toContain('PIM would ask for a stronger sign-in');
});

test('where there is no page for a stronger sign-in, the portal is named', async () => {
  const { words, standIn } = await check(() => Promise.reject(new PimError('stepUpRequired', 'no')));
  await using _ = standIn;
  expect(words).toContain('Do it in the Azure portal');
});

test('a scope below that was picked is the one that PIM is asked about, and stays picked', async () => {
  const { tried, again, standIn } = await check(async () => 'granted', { scopeId: web.id });
  await using _ = standIn;
  expect(tried.map(({ scope }) => scope)).toEqual([web]);
  expect(again.chosen).toBe(web.id);
});

test('promise 13: a forged scope is not even asked about', async () => {
  const { words, tried, standIn } = await check(async () => 'granted', { scopeId: '/' });
  await using _ = standIn;
  expect(words).toContain('PIM does not offer this scope');
  expect(tried).toEqual([]);
});

test('what is missing on the form is told without asking PIM', async () => {
  const { words, tried, standIn } = await check(async () => 'granted', { minutes: 4_000 });
  await using _ = standIn;
  expect(words).toContain('too long');
  expect(tried).toEqual([]);
});

test('promise 13: somebody else\'s form is not checked', async () => {
  const { again, standIn } = await check(async () => 'granted');
  await using _ = standIn;
  const other = seen(await validateActivation(standIn.parts, turnOf(megan), { verb: 'activation.validate', ...again.form, ...filled }));
  expect(other.words).toContain('belongs to somebody else');
});
