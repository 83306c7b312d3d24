import { isDeepStrictEqual } from 'node:util';
import type { AuditEntry, State } from './state.ts';

/** Everything of a state that has a key. */
export type Keyed = Omit<State, 'audit'>;

interface Change<T> {
  readonly set: readonly (readonly [string, T])[];
  readonly gone: readonly string[];
}

/** What makes a later state out of an earlier one. */
export type KeyedChange = { readonly [C in keyof Keyed]: Change<Keyed[C] extends Map<string, infer T> ? T : never> };
export type StateChange = KeyedChange & { readonly audit: readonly AuditEntry[] };

export function emptyState(): State {
  return { groupMembers: new Map(), requests: new Map(), eligibilities: new Map(), assignments: new Map(), policies: new Map(), audit: [] };
}

export function changeBetween(before: Keyed, after: Keyed): KeyedChange {
  return {
    groupMembers: changeIn(before.groupMembers, after.groupMembers),
    requests: changeIn(before.requests, after.requests),
    eligibilities: changeIn(before.eligibilities, after.eligibilities),
    assignments: changeIn(before.assignments, after.assignments),
    policies: changeIn(before.policies, after.policies),
  };
}

/** Changes `state`, which from then on shares nothing with `change`. */
export function carryOut(change: KeyedChange, state: Keyed): void {
  carryOutIn(change.groupMembers, state.groupMembers);
  carryOutIn(change.requests, state.requests);
  carryOutIn(change.eligibilities, state.eligibilities);
  carryOutIn(change.assignments, state.assignments);
  carryOutIn(change.policies, state.policies);
}

function changeIn<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Change<T> {
  return {
    set: [...after].filter(([key, value]) => !isDeepStrictEqual(before.get(key), value)),
    gone: [...before.keys()].filter((key) => !after.has(key)),
  };
}

function carryOutIn<T>({ set, gone }: Change<T>, entries: Map<string, T>): void {
  gone.forEach((key) => entries.delete(key));
  set.forEach(([key, value]) => entries.set(key, structuredClone(value)));
}
