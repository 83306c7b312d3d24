import type { AssignmentSide, Ticket } from '../../pim/model.ts';

/** What a person can type, once understood. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'roles' }
  | { readonly name: 'active' }
  | { readonly name: 'approvals' }
  /** `starts`: the words of a later start; empty: at once. */
  | ({ readonly name: 'activate'; readonly minutes: number | null; readonly starts: string; readonly justification: string } & RoleWords)
  | ({ readonly name: 'deactivate' } & RoleWords)
  | { readonly name: 'digestNow' }
  /** `time` is `HH:mm`, or `null` when what was typed is no time of day. */
  | { readonly name: 'digestOn'; readonly time: string | null }
  | { readonly name: 'digestOff' }
  | { readonly name: 'signOut' }
  | AssignmentCommand
  | SettingsCommand
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
  | ({ readonly name: 'whoHas' } & RoleAtWords & ReachWords)
  | ({ readonly name: 'whoIs'; readonly principal: string; readonly scope: string } & ReachWords)
  | ({ readonly name: 'assignmentsOn'; readonly scope: string } & ReachWords);

/** What is about the settings of roles. */
export type SettingsCommand =
  | ({ readonly name: 'settings' } & RoleAtWords)
  | { readonly name: 'settingsExport'; readonly scope: string }
  /** `json` as it was written, with its lines; it tells the roles itself, or is one role's, which is named then. */
  | ({ readonly name: 'settingsApply'; readonly json: string } & RoleAtWords)
  | { readonly name: 'settingsCheck' };

/** How far a listing is to look: also below its scope, also at what has not begun. */
export interface ReachWords {
  readonly below?: true;
  readonly later?: true;
}

/** `ofGroup`: "member of X", so that the scope can only be a group. */
export interface RoleAtWords extends RoleWords {
  readonly ofGroup: boolean;
}

/** Whose which role where. `side` is `null` when nothing was said about it. */
export interface TargetWords extends RoleAtWords {
  readonly principal: string;
  readonly side: AssignmentSide | null;
  readonly ticket: Ticket | null;
  readonly justification: string;
}

/** For how long. The words of a date are read where the time zone is known. */
export type PeriodWords =
  | { readonly kind: 'none' }
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'until'; readonly words: string }
  | { readonly kind: 'permanent' };
