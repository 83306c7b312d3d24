import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { alex, production, sandbox } from '../pim-seed.ts';
import { createPimWorld, draftOf, eligible } from '../pim-world.ts';

it('the digest asks for reasons only where something is activated', async () => {
  await using world = await createPimWorld();
  const asked = async (): Promise<readonly string[]> => (await world.calls()).map(({ path }) => path).filter((path) => path.endsWith('/roleAssignmentScheduleRequests'));
  expect((await world.reader().listElevations()).elevations).toEqual([]);
  expect(await asked()).toEqual([]);
  const user = world.user(alex);
  await user.activate(randomUUID(), draftOf(await eligible(user, 'Reader', production), { justification: 'Looking' }));
  expect((await world.reader().listElevations()).elevations).toMatchObject([{ justification: 'Looking' }]);
  expect((await asked()).map((path) => path.replace(/^\/+/, '/'))).toEqual([`${production}/providers/Microsoft.Authorization/roleAssignmentScheduleRequests`]);
  expect((await world.calls()).filter(({ path }) => path.includes(sandbox) && path.endsWith('/roleAssignmentScheduleInstances'))).toHaveLength(2);
});
