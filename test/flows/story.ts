import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import type { World } from '../helpers/world.ts';

/** A request of Alex's for Contributor on rg-app that waits for an approver. */
export interface PendingStory {
  readonly alex: FakePerson;
  readonly megan: FakePerson;
  readonly requestId: string;
  /** Alex's card, as it stands while pending. */
  readonly status: ShownCard;
  /** Megan's card with the two buttons. */
  readonly request: ShownCard;
}

export async function requestContributor(world: World, justification = 'the deployment hangs'): Promise<PendingStory> {
  const megan = await world.person('Megan');
  const alex = await world.person('Alex');
  await alex.types('activate Contributor on rg-app');
  const form = await alex.waitForCard((card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '60', justification });
  const status = await alex.waitForCard((card) => card.verbs.includes('activation.withdraw'));
  const request = await megan.waitForCard((card) => card.verbs.includes('approval.approve'));
  const [found] = await world.pim.requests();
  return { alex, megan, requestId: found?.name ?? '', status, request };
}

/** The values that a choice on a card offers. */
export function choicesOf(card: ShownCard, inputId: string): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('id' in value && value.id === inputId && 'choices' in value && Array.isArray(value.choices)) {
      found.push(...value.choices.map((choice: { value: string }) => choice.value));
    }
    Object.values(value).forEach(visit);
  };
  visit(card.json);
  return found;
}
