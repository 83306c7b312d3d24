import type { AssignmentSide } from '../../pim/model.ts';

/** What a person can type, once understood. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'roles' }
  | { readonly name: 'active' }
  | { readonly name: 'approvals' }
  | ({ readonly name: 'activate'; readonly minutes: number | null; readonly justification: string } & RoleWords)
  | ({ readonly name: 'deactivate' } & RoleWords)
  | { readonly name: 'digestNow' }
  /** `time` is `HH:mm`, or `null` when what was typed is no time of day. */
  | { readonly name: 'digestOn'; readonly time: string | null }
  | { readonly name: 'digestOff' }
  | { readonly name: 'signOut' }
  | AssignmentCommand
  | { readonly name: 'unknown'; readonly text: string; readonly nearest: string | null };

/** A role as somebody types it: words out of its name and, if given, out of its scope's. */
export interface RoleWords {
  readonly role: string;
  readonly scope: string;
}

/** What is about others' assignments. */
export type AssignmentCommand =
  | ({ readonly name: 'assign'; readonly period: PeriodWords; readonly starts: string } & TargetWords)
  | ({ readonly name: 'unassign' } & TargetWords)
  | ({ readonly name: 'whoHas' } & RoleAtWords)
  | { readonly name: 'whoIs'; readonly principal: string }
  | { readonly name: 'assignmentsOn'; readonly scope: string };

/** `ofGroup`: "member of X", so that the scope can only be a group. */
export interface RoleAtWords extends RoleWords {
  readonly ofGroup: boolean;
}

/** Whose which role where. `side` is `null` when nothing was said about it. */
export interface TargetWords extends RoleAtWords {
  readonly principal: string;
  readonly side: AssignmentSide | null;
  readonly justification: string;
}

/** For how long. The words of a date are read where the time zone is known. */
export type PeriodWords =
  | { readonly kind: 'none' }
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'until'; readonly words: string }
  | { readonly kind: 'permanent' };
