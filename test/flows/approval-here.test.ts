import { describe, expect, it } from 'vitest';
import { createWorld, type World } from '../helpers/world.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';

/** The seed's Reader on Production asks for no approval at PIM. */
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const opsLeads = 'b2e00000-0000-4000-8000-000000000001';
const ownReader = (more: object = {}, settings: object = {}): object => ({
  kind: 'azure', role: 'Reader', scope: production, settings: { approvalOnElevation: true, approverIds: [opsLeads], ...settings }, ...more,
});

interface Story {
  readonly alex: FakePerson;
  readonly megan: FakePerson;
  readonly diego: FakePerson;
  readonly status: ShownCard;
}

async function askForReader(world: World): Promise<Story> {
  const [megan, diego, alex] = [await world.person('Megan'), await world.person('Diego'), await world.person('Alex')];
  await alex.types('activate Reader on Production');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  expect(form.text).toContain('Your organization asks for approval here');
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'looking for the cause' });
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw') && card.text.includes('Waiting for approval'));
  return { alex, megan, diego, status };
}

const asks = (card: ShownCard): boolean => card.verbs.includes('approval.approve');

describe('approval that our own settings ask for', () => {
  it('is given here, and then the requester activates with one click', async () => {
    await using world = await createWorld({ ownSettings: [ownReader()] });
    const { alex, megan, diego, status } = await askForReader(world);
    const request = await megan.waitForCard(asks);
    expect(request.text).toContain('does not bind the portal');
    expect(await world.pim.requests()).toEqual([]);

    await megan.clicks(request, 'approval.approve', { reason: 'go ahead' });
    const begin = await alex.waitForCard((card) => card.activityId !== status.activityId && card.verbs.includes('activation.begin'));
    expect(begin.text).toContain('Approved: activate now');
    expect(await world.pim.requests()).toEqual([]);
    await diego.waitForCard((card) => card.text.includes('Megan Bowen approved'));

    await alex.clicks(begin, 'activation.begin');
    await alex.waitForCard((card) => card.activityId === begin.activityId && card.text.includes('Active until'));
    expect(await world.pim.requests()).toHaveLength(1);
    await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('Active until'));
    expect((await world.auditOf()).map(({ actor, action, phase }) => `${actor.name} ${action} ${phase}`)).toEqual(expect.arrayContaining([
      'Alex Wilber request outcome', 'Megan Bowen approve attempt', 'Megan Bowen approve outcome', 'Alex Wilber activate attempt', 'Alex Wilber activate outcome',
    ]));
  });

  it('is found again among "roles", where PIM knows nothing of it', async () => {
    await using world = await createWorld({ ownSettings: [ownReader()] });
    const { alex, megan } = await askForReader(world);
    const lists = async (text: string): Promise<ShownCard> => {
      await alex.types('roles');
      return alex.waitForCard((card) => card.verbs.includes('activation.check') && card.text.includes('Open Reader') && card.text.includes(text));
    };
    await alex.clicks(await lists('Production · Waiting for approval'), 'activation.check');
    await alex.waitForCard((card) => card.text.includes('Asked to approve') && card.verbs.includes('activation.withdraw'));
    await megan.clicks(await megan.waitForCard(asks), 'approval.approve', { reason: 'go ahead' });
    await alex.waitForCard((card) => card.verbs.includes('activation.begin'));
    await alex.clicks(await lists('Production · Approved: activate now'), 'activation.check');
    await alex.waitForCard((card) => card.verbs.includes('activation.begin') && card.text.includes('Approval good until'));
  });

  it('may be refused, and nothing is sent to PIM', async () => {
    await using world = await createWorld({ ownSettings: [ownReader()] });
    const { alex, megan, status } = await askForReader(world);
    await megan.clicks(await megan.waitForCard(asks), 'approval.deny', { reason: 'not today' });
    const denied = await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('Denied'));
    expect(denied.text).toContain('not today');
    expect(await world.pim.requests()).toEqual([]);
  });

  it('takes several different approvers where our settings say so', async () => {
    await using world = await createWorld({ ownSettings: [ownReader({ approvalsRequired: 2 })] });
    const { alex, megan, diego } = await askForReader(world);
    const [first, second] = [await megan.waitForCard(asks), await diego.waitForCard(asks)];
    await megan.clicks(first, 'approval.approve', { reason: 'fine' });
    const counted = await megan.waitForCard((card) => card.text.includes('1 of 2'));
    expect(counted.text).toContain('You have approved this');
    await megan.clicks(counted, 'approval.approve', { reason: 'fine' });
    expect((await alex.waitForCard((card) => card.text.includes('1 of 2'))).verbs).not.toContain('activation.begin');
    // Diego's card may still show nobody's approval: what he read of the request is true all the same.
    await diego.clicks(second, 'approval.approve', { reason: 'fine' });
    await alex.waitForCard((card) => card.verbs.includes('activation.begin'));
  });

  it('ends when nobody decides for a day, and an approval that nobody uses ends, too', async () => {
    await using world = await createWorld({ ownSettings: [ownReader()] });
    const { alex, status } = await askForReader(world);
    await world.advance('PT24H');
    await alex.waitForCard((card) => card.activityId === status.activityId && card.text.includes('Not decided in time'), 20_000);

    const again = await askForReader(world);
    await again.megan.clicks(await again.megan.waitForCard(asks), 'approval.approve', { reason: 'fine' });
    const begin = await alex.waitForCard((card) => card.verbs.includes('activation.begin'));
    await world.advanceWithoutJobs('PT9H');
    await alex.clicks(begin, 'activation.begin');
    expect(await world.pim.requests()).toEqual([]);
  });

  it('can be withdrawn by the requester, before and after it is given', async () => {
    await using world = await createWorld({ ownSettings: [ownReader()] });
    const { alex, megan, status } = await askForReader(world);
    const request = await megan.waitForCard(asks);
    await alex.clicks(status, 'activation.withdraw');
    await megan.waitForCard((card) => card.activityId === request.activityId && card.text.includes('Withdrawn'));
    await megan.clicks(request, 'approval.approve', { reason: 'fine' });
    expect(await world.pim.requests()).toEqual([]);
  });
});

describe('our own settings on the form', () => {
  it('shorten the longest activation and ask for a ticket of the right form', async () => {
    const tickets = [{ system: 'ServiceNow', pattern: 'INC\\d+' }];
    const staging = '/subscriptions/c3e00000-0000-4000-8000-000000000002';
    await using world = await createWorld({ ownSettings: [{ kind: 'azure', role: 'Website Contributor', scope: staging, settings: { elevationDuration: 'PT1H' }, tickets }] });
    const alex = await world.person('Alex');
    await alex.types('activate Website Contributor on rg-web');
    const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
    const filled = { minutes: '60', justification: 'x', ticketSystem: 'ServiceNow' };
    await alex.clicks(form, 'activation.submit', { ...filled, minutes: '120', ticketNumber: 'INC1' });
    const refused = await alex.waitForCard((card) => card.text.includes('The duration is too long'));
    await alex.clicks(refused, 'activation.submit', { ...filled, ticketNumber: 'CHG1' });
    const wrongTicket = await alex.waitForCard((card) => card.text.includes('ServiceNow: INC'));
    await alex.clicks(wrongTicket, 'activation.submit', { ...filled, ticketNumber: 'INC17' });
    await alex.waitForCard((card) => card.text.includes('Active until'));
  });
});
