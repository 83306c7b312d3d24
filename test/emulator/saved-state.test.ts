import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changePolicy } from '../../src/emulator/policies.ts';
import { defaultPolicy } from '../../src/emulator/policy.ts';
import { StateFile } from '../../src/emulator/saved-state.ts';
import { Engine, breakGlass, person, threeKinds } from './engine.ts';
import { alex, lee, nestor } from './people.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pim-state-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('a state file keeps requests, assignments, eligibilities, settings and the audit log', () => {
  const engine = new Engine();
  const target = engine.place('group', 'member', breakGlass);
  engine.submit({ type: 'SelfActivate', kind: 'group', role: 'member', scope: breakGlass, principalId: alex, ticket: 'INC1' });
  engine.submit({ type: 'AdminAssign', side: 'eligibility', kind: 'entra', role: 'Global Reader', scope: '/', principalId: lee, minutes: null }, person(nestor));
  engine.submit({ type: 'AdminRemove', side: 'eligibility', kind: 'group', role: 'member', scope: breakGlass, principalId: alex }, person(nestor));
  changePolicy(engine.pim, target, defaultPolicy, person(nestor));
  const file = new StateFile(folder, threeKinds);
  file.write({ state: engine.pim.state, clockOffsetMs: 5 });
  expect(new StateFile(folder, threeKinds).read()).toEqual({ state: engine.pim.state, clockOffsetMs: 5 });
});

it('a state file of an earlier version is refused with the way out', () => {
  writeFileSync(path.join(folder, 'state.json'), JSON.stringify({ version: 1, requests: [], activations: [] }));
  expect(() => new StateFile(folder, threeKinds).read()).toThrow(/is damaged or of another version: delete it/);
});
