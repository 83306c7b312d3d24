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
  | { readonly name: 'unknown'; readonly text: string; readonly nearest: string | null };

/** A role as somebody types it: words out of its name and, if given, out of its scope's. */
export interface RoleWords {
  readonly role: string;
  readonly scope: string;
}
