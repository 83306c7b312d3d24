import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Approver } from '../pim/model.ts';
import type { ReadOnlyRoleSettings, SettingsChange as Change } from '../pim/settings/privileged-role-settings.ts';
import type { RolePolicy } from '../pim/settings/role-policy.ts';
import type { Queries } from './database.ts';
import type { PimProblem, SettingsChangesTable } from './tables.ts';

/** `writing`: PIM is being told, or nobody can say any more whether it was. */
export type SettingsChangeState = 'draft' | 'writing' | 'done' | 'cancelled';

/**
 * `same`: PIM had these settings before, and nothing was to be written. `changedMeanwhile`: somebody has changed the settings since they were shown, so nothing was written. `partly`: PIM took some
 * rules and refused one.
 */
export interface RoleOutcome {
  readonly result: 'written' | 'same' | 'changedMeanwhile' | 'refused' | 'partly' | 'unknown' | 'notWritten';
  readonly problem: PimProblem | null;
  /** ISO 8601; where nothing was to be written there is none. */
  readonly at?: string;
}

/** What is to become of one role's settings. */
export interface RoleChange {
  /** As it was read when the difference was shown. */
  readonly policy: RolePolicy;
  readonly change: Change;
  /** What was given of the members that are never written. */
  readonly given: Partial<ReadOnlyRoleSettings>;
  /** The duration as it was written, where it was rounded. */
  readonly roundedFrom: string | null;
  /** `null`: not known yet. */
  readonly outcome: RoleOutcome | null;
}

/** Settings of roles that an administrator changes, all on one card. The truth about them is PIM's. */
export interface SettingsChange {
  /** The GUID minted with the card that shows the difference. */
  readonly requestId: string;
  readonly person: { readonly id: string; readonly name: string };
  readonly state: SettingsChangeState;
  /** 1 at first, one more with each move. */
  readonly version: number;
  readonly roles: readonly RoleChange[];
  /** The users and groups that the settings name, before and after, as far as the directory has them. */
  readonly approvers: readonly Approver[];
  /** How many roles were given that have these settings already. */
  readonly unchanged: number;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
}

export type NewSettingsChange = Omit<SettingsChange, 'state' | 'version' | 'submittedAt'>;

export async function saveSettingsChange(queries: Queries, { requestId, person, roles, approvers, unchanged, createdAt }: NewSettingsChange): Promise<SettingsChange> {
  const row = await queries
    .insertInto('settings_changes')
    .values({
      request_id: requestId,
      person_id: person.id,
      person_name: person.name,
      state: 'draft',
      roles: JSON.stringify(roles),
      approvers: JSON.stringify(approvers),
      unchanged,
      created_at: createdAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return changeOf(row);
}

export async function findSettingsChange(queries: Queries, requestId: string): Promise<SettingsChange | null> {
  const row = await queries.selectFrom('settings_changes').selectAll().where('request_id', '=', requestId).executeTakeFirst();
  return row === undefined ? null : changeOf(row);
}

/**
 * Moves a change on if it still stands where the caller believes it to stand: compare and set, in one statement
 * (promises 10 and 12). `null`: it stood elsewhere, and nothing was changed.
 */
export async function moveSettingsChange(
  queries: Queries,
  { requestId, state, version }: Pick<SettingsChange, 'requestId' | 'state' | 'version'>,
  move: Pick<SettingsChange, 'state'> & Partial<Pick<SettingsChange, 'roles' | 'submittedAt'>>,
): Promise<SettingsChange | null> {
  const row = await queries
    .updateTable('settings_changes')
    .set({
      state: move.state,
      version: sql`version + 1`,
      ...(move.roles === undefined ? {} : { roles: JSON.stringify(move.roles) }),
      ...(move.submittedAt === undefined ? {} : { submitted_at: move.submittedAt }),
    })
    .where('request_id', '=', requestId)
    .where('state', '=', state)
    .where('version', '=', version)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? null : changeOf(row);
}

function changeOf(row: Selectable<SettingsChangesTable>): SettingsChange {
  return {
    requestId: row.request_id,
    person: { id: row.person_id, name: row.person_name },
    state: row.state,
    version: row.version,
    roles: row.roles.map((role) => ({ ...role, policy: withDate(role.policy) })),
    approvers: row.approvers,
    unchanged: row.unchanged,
    createdAt: row.created_at,
    submittedAt: row.submitted_at,
  };
}

/** JSON keeps a time as text. */
function withDate(policy: RolePolicy): RolePolicy {
  const { source } = policy;
  return { ...policy, source: { ...source, lastModifiedAt: source.lastModifiedAt === null ? null : new Date(source.lastModifiedAt) } };
}
