import { expect, test } from 'vitest';
import { findDigest } from '../../src/store/digests.ts';
import { createWorld } from '../helpers/world.ts';
import { requestContributor } from './story.ts';

test('"digest now" tells who holds what until when and why, read with the bot\'s own identity', async () => {
  await using world = await createWorld();
  const { alex, megan, request } = await requestContributor(world, 'the deployment hangs');
  await megan.clicks(request, 'approval.approve', { reason: 'ok' });
  await alex.waitForCard('Deactivate');
  await megan.types('digest now');
  const digest = await megan.waitForCard((card) => card.text.includes('Alex Wilber') && card.text.includes('rg-app') && !card.verbs.includes('approval.approve') && card.activityId !== request.activityId);
  for (const part of ['Contributor', 'the deployment hangs']) expect(digest.text).toContain(part);
});

test('with nothing active the digest says so', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  await megan.types('digest now');
  expect(megan.lastCard().text).toMatch(/nobody|no one|no active|nothing/i);
});

test('promise 27: a scope that cannot be read is named, and the rest is told', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  await world.fault({ method: 'GET', path: 'managementGroups/contoso/providers/Microsoft.Authorization/roleAssignmentScheduleInstances' }, { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'no' } } }, 5);
  await megan.types('digest now');
  expect(megan.lastCard().text).toMatch(/contoso/i);
});

test('"digest on" is kept with the person\'s own time zone, and "digest off" ends it', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan', { timeZone: 'Asia/Tokyo' });
  await megan.types('digest on 09:00');
  expect(megan.lastCard().text).toContain('09:00');
  expect(await findDigest(world.store.db, megan.account.aadObjectId)).toMatchObject({ time: '09:00', timeZone: 'Asia/Tokyo' });
  await megan.clicks(megan.lastCard(), 'digest.off');
  expect(await findDigest(world.store.db, megan.account.aadObjectId)).toBeNull();
});

test('the daily job sends the digest to whoever still wants it', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  await megan.types('digest on 09:00');
  const before = megan.cards().length;
  await world.runDailyDigest(megan.account.aadObjectId);
  await megan.waitForCard((card) => megan.cards().length > before && card.text.includes('09:00'));
});

test('a time that is none is asked for again', async () => {
  await using world = await createWorld();
  const megan = await world.person('Megan');
  await megan.types('digest on soon');
  expect(megan.lastCard().text).toContain('09:00');
  expect(await findDigest(world.store.db, megan.account.aadObjectId)).toBeNull();
});
