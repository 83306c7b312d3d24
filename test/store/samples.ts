import { randomUUID } from 'node:crypto';
import type { Activation, NewDraft } from '../../src/store/activations.ts';
import { moveActivation, saveDraft } from '../../src/store/activations.ts';
import type { Store } from '../../src/store/database.ts';

export const alex = { id: '11111111-1111-4111-8111-111111111111', name: 'Alex Wilber' };
export const megan = { id: '22222222-2222-4222-8222-222222222222', name: 'Megan Bowen' };
export const noon = new Date('2025-06-02T12:00:00.000Z');

const scopeId = '/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg-app';

export function sampleDraft(changes: Partial<NewDraft> = {}): NewDraft {
  return {
    requestId: randomUUID(),
    person: alex,
    role: { definitionId: `${scopeId}/providers/Microsoft.Authorization/roleDefinitions/b24988ac`, name: 'Contributor' },
    scope: { id: scopeId, name: 'rg-app', type: 'resourceGroup' },
    eligibilityScheduleId: `${scopeId}/providers/Microsoft.Authorization/roleEligibilitySchedules/44444444`,
    settings: null,
    createdAt: noon,
    ...changes,
  };
}

/** A request that waits for its approvers. */
export async function pendingActivation(store: Store): Promise<Activation> {
  const draft = await saveDraft(store.db, sampleDraft());
  const moved = await moveActivation(store.db, draft.requestId, { from: ['draft'] }, { state: 'pending', minutes: 60 });
  if (moved === null) throw new Error('the draft did not move');
  return moved;
}

export async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}
