import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordCall } from '../../src/emulator/audit.ts';
import { changePolicy, resetPolicy } from '../../src/emulator/policies.ts';
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

/** As many bytes of the changes as a service had written when it was killed. */
function cutChanges(bytes: number): void {
  const file = path.join(folder, 'changes.jsonl');
  writeFileSync(file, readFileSync(file).subarray(0, bytes));
}

const sizeOf = (name: string): number => statSync(path.join(folder, name)).size;

it('writes what changed since, and reads the same as was there', () => {
  const engine = new Engine();
  const { state } = engine.pim;
  const file = new StateFile(folder, threeKinds);
  file.write({ state, clockOffsetMs: 0 });
  const whole = sizeOf('state.json');
  const target = engine.place('group', 'member', breakGlass);
  const steps: (() => void)[] = [
    () => engine.submit({ type: 'AdminAssign', side: 'eligibility', kind: 'entra', role: 'Global Reader', scope: '/', principalId: lee, minutes: null }, person(nestor)),
    () => changePolicy(engine.pim, target, defaultPolicy, person(nestor)),
    () => resetPolicy(engine.pim, target, person(nestor)),
    () => state.groupMembers.set(breakGlass, [lee, alex]),
    () => engine.submit({ type: 'AdminRemove', side: 'eligibility', kind: 'group', role: 'member', scope: breakGlass, principalId: alex }, person(nestor)),
  ];
  for (const [clockOffsetMs, step] of steps.entries()) {
    step();
    file.write({ state, clockOffsetMs });
    expect(new StateFile(folder, threeKinds).read()).toEqual({ state, clockOffsetMs });
  }
  expect(sizeOf('state.json')).toBe(whole);
  const before = sizeOf('changes.jsonl');
  file.write({ state, clockOffsetMs: 9 });
  // What did not change is not written again.
  expect(sizeOf('changes.jsonl') - before).toBeLessThan(500);
});

it('a service that is killed in the middle of a write has lost that write alone', () => {
  const { state } = new Engine().pim;
  const file = new StateFile(folder, threeKinds);
  file.write({ state, clockOffsetMs: 0 });
  file.write({ state, clockOffsetMs: 1 });
  const first = sizeOf('changes.jsonl');
  file.write({ state, clockOffsetMs: 2 });
  for (const bytes of [first + 1, sizeOf('changes.jsonl') - 1]) {
    cutChanges(bytes);
    const reader = new StateFile(folder, threeKinds);
    expect(reader.read()?.clockOffsetMs).toBe(1);
  }
  const next = new StateFile(folder, threeKinds);
  next.write({ state, clockOffsetMs: 3 });
  expect(new StateFile(folder, threeKinds).read()?.clockOffsetMs).toBe(3);
});

it('changes of an earlier snapshot are not carried out again', () => {
  const { state } = new Engine().pim;
  const file = new StateFile(folder, threeKinds);
  file.write({ state, clockOffsetMs: 0 });
  file.write({ state, clockOffsetMs: 1 });
  const earlier = readFileSync(path.join(folder, 'changes.jsonl'));
  new StateFile(folder, threeKinds).write({ state, clockOffsetMs: 2 });
  writeFileSync(path.join(folder, 'changes.jsonl'), earlier);
  expect(new StateFile(folder, threeKinds).read()?.clockOffsetMs).toBe(2);
});

it('another state, and one whose audit log has forgotten what was written, is written whole', () => {
  const file = new StateFile(folder, threeKinds);
  const [before, after] = [new Engine().pim.state, new Engine().pim.state];
  recordCall(before, { at: '2026-01-01T00:00:00.000Z', actor: null, method: 'POST', path: '/before' });
  file.write({ state: before, clockOffsetMs: 0 });
  file.write({ state: after, clockOffsetMs: 1 });
  expect(new StateFile(folder, threeKinds).read()).toEqual({ state: after, clockOffsetMs: 1 });
  recordCall(after, { at: '2026-01-01T00:00:00.000Z', actor: null, method: 'POST', path: '/forgotten' });
  file.write({ state: after, clockOffsetMs: 2 });
  after.audit.splice(0, after.audit.length, { kind: 'call', at: '2026-01-02T00:00:00.000Z', actor: null, method: 'POST', path: '/kept' });
  file.write({ state: after, clockOffsetMs: 3 });
  expect(new StateFile(folder, threeKinds).read()).toEqual({ state: after, clockOffsetMs: 3 });
});

it('changes are gathered into a new snapshot before they are longer than one', () => {
  const { state } = new Engine().pim;
  const file = new StateFile(folder, threeKinds);
  const sizes: number[] = [];
  for (let n = 0; n < 400; n += 1) {
    recordCall(state, { at: '2026-01-01T00:00:00.000Z', actor: null, method: 'POST', path: `/${'x'.repeat(1_500)}${n}` });
    file.write({ state, clockOffsetMs: n });
    sizes.push(sizeOf('changes.jsonl'));
  }
  expect(Math.max(...sizes)).toBeLessThan(270_000);
  expect(sizes.filter((size) => size === 0).length).toBeGreaterThan(1);
  expect(new StateFile(folder, threeKinds).read()).toEqual({ state, clockOffsetMs: 399 });
});

it('a state file of an earlier version is refused with the way out', () => {
  writeFileSync(path.join(folder, 'state.json'), JSON.stringify({ version: 1, requests: [], activations: [] }));
  expect(() => new StateFile(folder, threeKinds).read()).toThrow(/is damaged or of another version: delete it/);
});
