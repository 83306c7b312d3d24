import { expect, test } from 'vitest';
import { startActivation } from '../../../src/bot/activations/activate.ts';
import { resendActivation } from '../../../src/bot/activations/send-activation.ts';
import { submitActivation } from '../../../src/bot/activations/submit-activation.ts';
import { validateActivation } from '../../../src/bot/activations/validate-activation.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { ActivationDraft, EligibleAssignment } from '../../../src/pim/model.ts';
import { findActivation } from '../../../src/store/activations.ts';
import { alex, app, contributor, createStandIn, eligible, lenient, now, seen, turnOf, whole, type StandIn } from '../stand-in.ts';

interface Sending {
  readonly standIn: StandIn;
  readonly sent: ActivationDraft[];
  readonly tried: ActivationDraft[];
}

/** A PIM whose answers to an activation are lost. */
async function losing(change: Partial<EligibleAssignment> = {}): Promise<Sending> {
  const sent: ActivationDraft[] = [];
  const tried: ActivationDraft[] = [];
  const standIn = await createStandIn({
    pim: {
      listEligible: () => Promise.resolve(whole({ ...eligible('schedule', contributor, app), ...change })),
      listChildren: () => Promise.resolve([]),
      readRoleSettings: () => Promise.resolve(lenient),
      activate: (_, draft) => { sent.push(draft); return Promise.reject(new PimError('outcomeUnknown', 'lost')); },
      validate: (draft) => { tried.push(draft); return Promise.resolve('granted'); },
    },
  });
  return { standIn, sent, tried };
}

const words = { name: 'activate', role: 'Contributor', scope: '', minutes: 60, justification: '' } as const;
const turn = { ...turnOf(alex), reader: { locale: 'en', timeZone: 'Asia/Tokyo' } } as const;
const filled = { minutes: 60, startDate: '2026-11-24', startTime: '09:00' };
const start = new Date('2026-11-24T00:00:00Z');

// Guard: `send` (src/bot/activations/send-activation.ts).
test('promise 10: what is sent again under the same name has the same start, whatever time it is by then', async () => {
  const { standIn, sent } = await losing();
  await using at = standIn;
  const { form } = seen(await startActivation(at.parts, turn, { ...words, starts: '' }));
  await submitActivation(at.parts, turn, { verb: 'activation.submit', ...form, ...filled });
  const submitted = await findActivation(at.parts.store.db, form.requestId);
  expect(submitted).toMatchObject({ state: 'submitting', requestedStart: start });
  if (submitted === null) throw new Error('it is not remembered');
  const later = { ...at.parts, clock: { now: () => new Date('2026-11-24T00:05:00Z') } };
  await resendActivation(later, await at.parts.signIn.pimOf(alex.id), submitted);
  expect(sent.map((draft) => draft.start)).toEqual([start, start]);
  expect((await at.audit()).find(({ phase }) => phase === 'attempt')?.details).toMatchObject({ start: start.toISOString() });
});

test('"Check with PIM" tries the start out, too', async () => {
  const { standIn, tried } = await losing();
  await using at = standIn;
  const { form } = seen(await startActivation(at.parts, turn, { ...words, starts: '' }));
  await validateActivation(at.parts, turn, { verb: 'activation.validate', ...form, ...filled });
  expect(tried).toMatchObject([{ start, minutes: 60 }]);
});

test.each([
  [{ startDate: '', startTime: '09:30' }, 'The start has passed'], // 23:05 where the person is
  [{ startDate: '2026-11-24', startTime: '' }, 'Choose a time'],
  [{ startDate: '2026-13-24', startTime: '09:00' }, 'could not be read'],
  [{ startDate: '2026-11-24', startTime: '25:00' }, 'could not be read'],
  [{ startDate: '2026-11-30', startTime: '20:00' }, 'You are eligible until Mon 30 Nov 2026 20:00 (GMT+9)'],
  [{ startDate: '2026-11-30', startTime: '19:30' }, 'would last longer'],
])('%j comes back with the reason, and nothing is sent', async (fields, reason) => {
  const { standIn, sent } = await losing({ until: new Date('2026-11-30T11:00:00Z') });
  await using at = standIn;
  const { form } = seen(await startActivation(at.parts, turn, { ...words, starts: '' }));
  const { words: shown } = seen(await submitActivation(at.parts, turn, { verb: 'activation.submit', ...form, minutes: 60, ...fields }));
  expect(shown).toContain(reason);
  expect(sent).toEqual([]);
});

test.each([
  ['tomorrow 9:00', '"value":"2026-11-24"', '"value":"09:00"', null],
  ['明日の9:30', '"value":"2026-11-24"', '"value":"09:30"', null],
  ['9:00', '"value":"2026-11-23"', '"value":"09:00"', 'The start has passed'],
  ['whenever', '"id":"startDate"', '"value":""', 'could not be read'],
  ['', '"id":"startDate"', '"value":""', null],
])('"from %s" fills the form in the person\'s own time', async (starts, date, time, reason) => {
  const { standIn } = await losing();
  await using at = standIn;
  expect(now.toISOString()).toBe('2026-11-23T14:05:00.000Z');
  const reply = await startActivation(at.parts, turn, { ...words, starts });
  for (const part of [date, time]) expect(JSON.stringify(reply.card)).toContain(part);
  if (reason === null) expect(seen(reply).words).not.toContain('Please correct');
  else expect(seen(reply).words).toContain(reason);
});
