import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Scope } from '../../../src/pim/model.ts';
import type { PrivilegedRoleSettings } from '../../../src/pim/settings/privileged-role-settings.ts';
import { createSettingsWorld, engineers, nestor, places } from './settings-world.ts';

const all: PrivilegedRoleSettings = {
  elevationDuration: 'PT2H', notificationToUserOnElevation: false, ticketingInfoOnElevation: true, mfaOnElevation: true, approvalOnElevation: true, approverIds: [nestor, engineers],
};

/** "Calls to Azure Resource Manager + calls to Graph". */
function counted(calls: readonly string[]): string {
  const graph = calls.filter((call) => /^\w+ \/v1\.0\//.test(call)).length;
  return `${calls.length - graph} + ${graph}`;
}

it('the calls that role settings cost are those of docs/performance.md', async () => {
  await using world = await createSettingsWorld({ pageSize: 1000 });
  const { settings } = world.person(nestor);
  const costs = new Map<string, string>();
  const count = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    await world.newCalls();
    const done = await work();
    costs.set(name, counted(await world.newCalls()));
    return done;
  };
  for (const [, role, scope] of places) {
    const listed: Scope = scope;
    await count(`list ${scope.name}`, () => settings.list({ scopes: [listed] }));
    const policy = await count(`read ${scope.name}`, () => settings.read(role, scope));
    await count(`write ${scope.name}`, () => settings.write(policy, all));
  }
  const at = (name: string): string => costs.get(name) ?? '';
  expect(at('read Ops leads')).toBe(at('read Directory'));
  expect(at('write Ops leads')).toBe(at('write Directory'));
  const text = readFileSync('docs/performance.md', 'utf8').replaceAll(/\s+/g, ' ');
  expect(text).toContain(`one role is read by ${at('read rg-app')} calls (Azure) or ${at('read Directory')} (Graph:`);
  expect(text).toContain(`are listed by ${at('list rg-app')} calls (Azure) or ${at('list Directory')} (Graph: directory roles; up to twenty groups in one batch ${at('list Ops leads')})`);
  expect(text).toContain(`is written by ${at('write rg-app')} calls (Azure: read once more, one PATCH; who the approvers are) or ${at('write Directory')} (Graph:`);
});
