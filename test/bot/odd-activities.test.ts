import { expect, test } from 'vitest';
import { createWorld } from '../helpers/world.ts';

// Guard: `typed` (src/cards/verbs.ts).
test('a reason with NUL and half a character in it is sent without them', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'a\u0000b\uD800c' });
  await alex.waitForCard((card) => card.activityId === form.activityId && card.verbs.includes('activation.deactivate'));
  const [request] = await world.pim.requests();
  expect(request?.properties.justification).toBe('ab\uFFFDc');
});

// Guard: `onMessage` (src/bot/routes.ts) tells a message with a value from one without.
test('what a foreign card sends is said to be unreadable, and a message without words gets the help', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  await alex.sends({ text: undefined, value: { verb: 'activation.submit', requestId: 'x' } });
  expect(alex.lastCard().text).toContain('That card could not be read');
  await alex.sends({ text: undefined, value: undefined, attachments: [{ contentType: 'image/png', contentUrl: 'x' }] });
  expect(alex.lastCard().text).toContain('What you can type');
});

// Guard: `turnOf` (src/bot/turn.ts) takes nothing of an activity for granted.
test('activities with members missing, empty or of the wrong type are answered, and only one that names a person gets a card', async () => {
  await using world = await createWorld();
  const alex = await world.person('Alex');
  const { aadObjectId } = alex.account;
  const { conversationId: id } = alex;
  const cards = (): number => alex.cards().length;

  const before = cards();
  expect((await alex.sends({ from: { id: '29:x', name: 'A', aadObjectId: null }, text: 'help' })).status).toBe(200);
  expect((await alex.sends({ from: { id: '29:x', name: 'A', aadObjectId: '' }, text: 'help' })).status).toBe(200);
  expect(cards()).toBe(before);

  const odd = [
    { entities: {} }, { entities: 'x' }, { entities: null }, { entities: [null, 7] },
    { from: { id: '29:x', aadObjectId, name: null } },
    { conversation: { id, tenantId: world.seed.tenantId } },
    { locale: 'xx-invalid-zz' }, { locale: null }, { localTimezone: 7 }, { localTimezone: 'Mars/Olympus' },
    { channelData: null }, { channelData: 'x' }, { value: null },
  ];
  for (const members of odd) {
    const count = cards();
    expect([members, (await alex.sends({ text: 'help', ...members })).status]).toEqual([members, 200]);
    expect([members, cards()]).toEqual([members, count + 1]);
    expect([members, alex.lastCard().text]).toEqual([members, expect.stringContaining('What you can type')]);
  }
});
