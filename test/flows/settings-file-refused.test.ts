import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { createWorld } from '../helpers/world.ts';

// Guards: `readFileConsent` and `ownExport` (src/bot/settings/save-export.ts, src/bot/settings/export-settings.ts), `isFileAddress`
// (src/bot/settings/file-address.ts), `answerOf` (src/bot/answer.ts).

type FileCard = Awaited<ReturnType<FakePerson['waitForFile']>>;

const elsewhere = { uploadUrl: 'https://evil.example/upload', contentUrl: 'https://evil.example/', name: 'x', uniqueId: '1', fileType: 'json' };
const consent = (value: unknown, more: object = {}): object => ({ type: 'invoke', name: 'fileConsent/invoke', text: undefined, attachments: undefined, value, ...more });

async function offered(person: FakePerson, words = 'settings export on rg-app'): Promise<FileCard> {
  await person.types(words);
  return person.waitForFile('consent');
}

test('the settings of a few roles stand on the card, too, with how many there are at each scope', async () => {
  await using world = await createWorld({ roleKinds: ['azure', 'entra', 'group'] });
  const nestor = await world.person('Nestor');
  await nestor.types('settings export');
  const card = await nestor.waitForCard('Settings of your roles');
  const file = await nestor.waitForFile('consent');
  expect(card.text).toMatch(/Roles: \d+\n[^\n]*Subscription Production/u);
  expect(card.text).toContain('"elevationDuration"');
  expect(file.description).toMatch(/^Role settings as JSON \(roles: \d+\)/u);
  expect(nestor.messages.at(-1)?.file).toEqual(file);
});

test('the same in Japanese', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor', { locale: 'ja-JP', timeZone: 'Asia/Tokyo' });
  const file = await offered(nestor, '設定 エクスポート rg-app');
  expect(file.description).toMatch(/^ロール設定の JSON \(ロール数: \d+\)。サイズは目安です/u);
  await nestor.answersFile(file, null);
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('ファイルは保存していません'));
});

test('promise 13: a file that somebody else was offered is neither read nor saved for a stranger', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const lee = await world.person('Lee');
  const { acceptContext } = await offered(nestor);
  const before = (await world.pim.calls()).length;
  for (const action of ['accept', 'decline']) {
    await lee.sends(consent({ type: 'fileUpload', action, context: acceptContext, uploadInfo: elsewhere }));
    await lee.waitForCard('This card belongs to somebody else');
  }
  expect((await world.pim.calls()).slice(before).filter(({ actor }) => actor === lee.account.aadObjectId)).toEqual([]);
  expect(lee.messages.some(({ file }) => file !== null)).toBe(false);
});

test('promise 13: a context that is none of ours, or of another command, is answered by a sentence', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  await nestor.sends(consent({ type: 'fileUpload', action: 'accept', context: { inquiryId: crypto.randomUUID() }, uploadInfo: elsewhere }));
  await nestor.waitForCard('out of date');
  // Of a card that is no export.
  await nestor.types('settings Contributor on rg-app');
  const other = await nestor.waitForCard((card) => card.verbs.includes('settings.propose'));
  const [, inquiryId] = /"inquiryId":"([^"]+)"/u.exec(JSON.stringify(other.json)) ?? [];
  const count = nestor.cards().length;
  await nestor.sends(consent({ type: 'fileUpload', action: 'accept', context: { inquiryId }, uploadInfo: elsewhere }));
  await expect.poll(() => nestor.cards().length).toBe(count + 1);
  expect(nestor.lastCard().text).toContain('out of date');
  await nestor.sends(consent({ type: 'fileUpload', action: 'accept', context: { scope: '/', command: 'settings export' }, uploadInfo: elsewhere }));
  await nestor.waitForCard('That card could not be read');
});

test('promise 13: scope, role and person in a forged context change nothing', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const file = await offered(nestor);
  const { inquiryId }: { inquiryId?: string } = Object(file.acceptContext);
  await nestor.answersFile({ ...file, acceptContext: { inquiryId, scope: { id: '/' }, chosen: { scope: { id: '/subscriptions/other' } }, personId: 'other', command: { name: 'settingsApply', json: '{}' } } }, elsewhere);
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('The file is not saved there'));
  expect((await nestor.waitForFile('consent', new Set([file.activityId])))).toMatchObject({ description: file.description, sizeInBytes: file.sizeInBytes });
});

test('a file that was offered a week ago is out of date, and PIM is not asked', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const file = await offered(nestor);
  await sql`update assignment_inquiries set created_at = created_at - interval '8 days'`.execute(world.store.db);
  await world.store.maintain();
  await nestor.answersFile(file, elsewhere);
  await nestor.waitForCard((card) => card.activityId === file.activityId && card.has('out of date'));
});

test('promise 13: whatever a file consent carries, it is answered, and nothing is written', async () => {
  await using world = await createWorld({ limits: false });
  const nestor = await world.person('Nestor');
  const { acceptContext } = await offered(nestor);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.record({
    type: fc.constantFrom('fileUpload', 'x'), action: fc.oneof(fc.constantFrom('accept', 'decline'), fc.jsonValue({ maxDepth: 1 })),
    context: fc.oneof(fc.constant(acceptContext), fc.jsonValue({ maxDepth: 2 })),
    uploadInfo: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.record({ uploadUrl: fc.webUrl(), contentUrl: fc.string(), name: fc.string(), uniqueId: fc.string(), fileType: fc.string() })),
  }));
  await fc.assert(fc.asyncProperty(value, async (sent) => {
    const count = nestor.cards().length;
    expect(await nestor.sends(consent(sent))).toMatchObject({ status: 200 });
    await expect.poll(() => nestor.cards().length).toBe(count + 1);
  }), { numRuns: 60 });
  expect((await world.pim.calls()).filter(({ method, path = '' }) => method !== 'GET' && !path.startsWith('/emulator/'))).toEqual([]);
}, 120_000);

test('where Teams does not let its own card be replaced, the answer comes as a message', async () => {
  await using world = await createWorld();
  const nestor = await world.person('Nestor');
  const file = await offered(nestor);
  world.teams.fail({ calls: 1, how: 500, of: 'update' });
  await nestor.answersFile(file, null);
  expect((await nestor.waitForCard('No file was saved')).activityId).not.toBe(file.activityId);
});
