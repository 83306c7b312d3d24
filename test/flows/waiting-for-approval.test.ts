import { describe, expect, it } from 'vitest';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import { createWorld, type World } from '../helpers/world.ts';
import { requestContributor } from './story.ts';

const asks = (card: ShownCard): boolean => card.verbs.includes('approval.approve');
const reminders = (person: FakePerson): readonly ShownCard[] => person.cards().filter((card) => card.text.includes('Reminder'));

const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const lee = 'a1e00000-0000-4000-8000-000000000004';

async function idOf(world: World, firstName: string): Promise<string> {
  return world.seed.people.find(({ name }) => name.startsWith(firstName))?.id ?? '';
}

describe('an offer in place of a request', () => {
  it('denies the request, and the requester takes it up with one click', async () => {
    await using world = await createWorld();
    const { alex, megan, request, status } = await requestContributor(world);
    await megan.clicks(request, 'approval.offer');
    const form = await megan.waitForCard((card) => card.verbs.includes('approval.sendOffer'));
    await megan.clicks(form, 'approval.sendOffer', { minutes: '60', scopeId: '', reason: 'half an hour will do' });
    const refused = await megan.waitForCard((card) => card.text.includes('An offer is shorter than the request'));
    await megan.clicks(refused, 'approval.sendOffer', { minutes: '30', scopeId: '', reason: 'half an hour will do' });
    await megan.waitForCard((card) => card.activityId === request.activityId && card.text.includes('Denied'));
    await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('half an hour will do'));

    const offered = await alex.waitForCard((card) => card.text.includes('Megan Bowen offers less') && card.verbs.includes('activation.submit'));
    await alex.clicks(offered, 'activation.submit', { minutes: '30', justification: 'the deployment hangs' });
    const again = await megan.waitForCard((card) => card.activityId !== request.activityId && asks(card));
    expect(again.text).toContain('30 min');
    await megan.clicks(again, 'approval.approve', { reason: 'fine' });
    await alex.waitForCard((card) => card.text.includes('Active until'));
    expect((await world.pim.requests()).map(({ properties }) => properties.status).sort()).toEqual(['Denied', 'Provisioned']);
  });

  it.each([
    ['another scope', { minutes: '30', scopeId: '/subscriptions/c3e00000-0000-4000-8000-000000000002' }, 'no scope below'],
    ['a wider scope', { minutes: '30', scopeId: production }, 'no scope below'],
    ['more time', { minutes: '480', scopeId: '' }, 'shorter than the request'],
  ])('promise 13: is never %s, whatever the card sends', async (_, sent, said) => {
    await using world = await createWorld();
    const { megan, request } = await requestContributor(world);
    await megan.clicks(request, 'approval.offer');
    const form = await megan.waitForCard((card) => card.verbs.includes('approval.sendOffer'));
    await megan.clicks(form, 'approval.sendOffer', { ...sent, reason: 'x' });
    await megan.waitForCard((card) => card.text.includes(said));
    expect((await world.pim.requests()).map(({ properties }) => properties.status)).toEqual(['PendingApproval']);
  });
});

describe('nobody waits in silence', () => {
  it('an approver is reminded after half an hour and after four, and then no more', async () => {
    await using world = await createWorld();
    const { megan } = await requestContributor(world);
    await world.advance('PT31M');
    await expect.poll(() => reminders(megan).length, { timeout: 20_000 }).toBe(1);
    await world.advance('PT4H');
    await expect.poll(() => reminders(megan).length, { timeout: 20_000 }).toBe(2);
  });

  it('whoever has decided is not reminded', async () => {
    await using world = await createWorld();
    const { alex, megan, request } = await requestContributor(world);
    await megan.clicks(request, 'approval.deny', { reason: 'no' });
    await alex.waitForCard((card) => card.text.includes('Denied'));
    await world.advance('PT31M');
    await alex.types('help');
    await alex.waitForCard((card) => card.text.includes('activate'));
    expect(reminders(megan)).toEqual([]);
  });

  it('the requester reminds the approvers once', async () => {
    await using world = await createWorld();
    const { alex, megan, status } = await requestContributor(world);
    const card = await alex.waitForCard((shown) => shown.activityId === status.activityId && shown.verbs.includes('activation.nudge'));
    await alex.clicks(card, 'activation.nudge');
    await expect.poll(() => reminders(megan).length, { timeout: 20_000 }).toBe(1);
    await alex.clicks(card, 'activation.nudge');
    const after = await alex.waitForCard((shown) => shown.activityId === status.activityId && !shown.verbs.includes('activation.nudge'));
    expect(after.text).toContain('Waiting for approval');
    expect((await world.auditOf()).filter(({ action }) => action === 'nudge')).toHaveLength(1);
  });

  it('after an hour the people are asked whom our settings name, and they decide on what we keep', async () => {
    const entry = { kind: 'azure', role: 'Reader', scope: production, settings: { approvalOnElevation: true, approverIds: ['b2e00000-0000-4000-8000-000000000001'] }, escalateTo: [lee] };
    await using world = await createWorld({ ownSettings: [entry] });
    expect(await idOf(world, 'Lee')).toBe(lee);
    const [leeGu, alex] = [await world.person('Lee'), await world.person('Alex')];
    await alex.types('activate Reader on Production');
    const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
    await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'x' });
    await alex.waitForCard((card) => card.text.includes('Megan Bowen · not reached'));
    expect(leeGu.cards().filter(asks)).toEqual([]);
    await world.advance('PT1H1M');
    const request = await leeGu.waitForCard(asks, 20_000);
    await leeGu.clicks(request, 'approval.approve', { reason: 'nobody else is awake' });
    await alex.waitForCard((card) => card.verbs.includes('activation.begin'), 20_000);
  });
});
