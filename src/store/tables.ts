import type { ColumnType, Generated } from 'kysely';
import type { ActivationState } from '../pim/activation-status.ts';
import type { AssignmentAction, AssignmentChangeState } from '../pim/assignment-change.ts';
import type { PimErrorCode } from '../pim/errors.ts';
import type { Approver, AssignmentSide, Principal, RoleSettings, Scope, ScopeType } from '../pim/model.ts';
import type { RequestBackground } from '../pim/request-background.ts';
import type { StepUp } from '../pim/step-up.ts';
import type { RoleChange, SettingsChangeState } from './settings-changes.ts';

/** JSON columns are written as text, because the drivers of the two engines disagree about arrays. */
type Json<T> = ColumnType<T, string, string>;

/** What PIM last said against the request, as plain data. */
export interface PimProblem {
  readonly code: PimErrorCode;
  /** Names of the failed policy rules; empty unless the policy refused. */
  readonly rules: readonly string[];
  /** For how long PIM wanted not to be asked again, where it has said. */
  readonly retryAfterMs?: number;
}

/** `stepUpMissed`: the stronger sign-in that it waited for did not come, and nothing was sent to PIM. */
export interface ActivationProblem extends Omit<PimProblem, 'code'> {
  readonly code: PimErrorCode | 'stepUpMissed';
}

/** A narrower activation that an approver would approve. `scope`: where; whole minutes. */
export interface Offer {
  /** The GUID of the form that brings it to the requester: one, however often it is sent. */
  readonly formId: string;
  readonly by: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly minutes: number;
  readonly scope: Scope;
}

/** How far the question to one approver came. */
export type AskOutcome =
  | 'queued' // a job will send the card
  | 'sent'
  | 'notInstalled' // the approver has never met the bot: there is no conversation to send to
  | 'blocked' // the approver has blocked or removed the bot
  | 'notApprover' // by the time the card could be sent
  | 'failed';

export interface ActivationsTable {
  request_id: string;
  pim_request_id: string | null;
  origin: 'bot' | 'elsewhere';
  person_id: string;
  person_name: string;
  role_definition_id: string;
  role_name: string;
  scope_id: string;
  scope_name: string;
  scope_type: ScopeType;
  eligibility_schedule_id: string;
  eligible_until: Date | null;
  /** When it is to begin; null: at once. `start_at` is what PIM says. */
  requested_start: Date | null;
  /** That time has come while nobody had decided. */
  start_missed: Generated<boolean>;
  minutes: number | null;
  justification: Generated<string>;
  ticket_number: string | null;
  ticket_system: string | null;
  settings: Json<RoleSettings> | null;
  state: ActivationState;
  version: Generated<number>;
  pim_status: string | null;
  approval_id: string | null;
  approvers_asked_at: Date | null;
  problem: Json<ActivationProblem> | null;
  decision: 'approve' | 'deny' | null;
  decision_reason: string | null;
  decided_by_id: string | null;
  decided_by_name: string | null;
  decided_at: Date | null;
  created_at: Date;
  submitted_at: Date | null;
  start_at: Date | null;
  end_at: Date | null;
  /** Gathered for its approvers; null: not yet. */
  background: Json<RequestBackground> | null;
  /** Until when the requester may activate what our approvers have approved. */
  approved_until: Date | null;
  /** When the requester has asked everybody once more. */
  nudged_at: Date | null;
  /** What the approver who denied offers instead. */
  offer: Json<Offer> | null;
  approvals_possible: number | null;
  approvals_counted: number | null;
}

interface ApprovalsGivenTable {
  request_id: string;
  approver_id: string;
  approver_name: string;
  reason: string;
  /** The request's version that it made. */
  version: number;
  at: Date;
}

interface AskedApproversTable {
  request_id: string;
  approver_id: string;
  approver_name: string;
  outcome: Generated<AskOutcome>;
  detail: string | null;
  at: Date;
  /** Asked because the first ones did not answer. */
  escalated: Generated<boolean>;
}

/** Somebody has activated a role; or nobody decides on a request. */
export type News = 'activated' | 'escalated';

interface ToldTable {
  request_id: string;
  news: News;
  /** A person's id, or a channel's. */
  addressee: string;
}

interface ConversationReferencesTable {
  person_id: string;
  tenant_id: string;
  reference: Json<unknown>;
  service_url: string;
  locale: string | null;
  time_zone: string | null;
  updated_at: Date;
}

interface PostedCardsTable {
  request_id: string;
  person_id: string;
  activity_id: string;
  kind: 'requester' | 'approver' | 'administrator';
  reference: Json<unknown>;
  shown_version: number;
  gone: Generated<boolean>;
}

interface DigestsTable {
  person_id: string;
  time: string;
  time_zone: string;
  updated_at: Date;
}

interface InterruptedTurnsTable {
  person_id: string;
  text: string;
  action: Json<unknown> | null;
  file: Json<unknown> | null;
  card_activity_id: string | null;
  locale: string;
  time_zone: string;
  at: Date;
}

export interface StepUpsTable {
  request_id: string;
  person_id: string;
  person_name: string;
  action: 'activate' | 'approve' | 'deny';
  id: string;
  reason: string;
  request_version: number;
  step_up: Json<StepUp>;
  offer: Json<Offer> | null;
  state: Generated<'open' | 'carriedOut' | 'cancelled'>;
  created_at: Date;
  flows: Generated<number>;
  state_hash: string | null;
  cookie_hash: string | null;
  begun_at: Date | null;
}

/** What nobody said, so that the bot took what is usual. */
export type Assumption = 'side' | 'period';

export interface AssignmentChangesTable {
  request_id: string;
  pim_request_id: string | null;
  person_id: string;
  person_name: string;
  action: AssignmentAction;
  side: AssignmentSide;
  principal_id: string;
  principal_name: string;
  principal_user_name: string | null;
  principal_kind: Principal['kind'];
  role_definition_id: string;
  role_name: string;
  scope_id: string;
  scope_name: string;
  scope_type: ScopeType;
  /** When it is to begin; null: at once. */
  start_at: Date | null;
  /** For how long, or until when; both null: without an end. */
  minutes: number | null;
  until: Date | null;
  assumed: Json<readonly Assumption[]>;
  justification: string;
  ticket_number: string | null;
  ticket_system: string | null;
  undoes: string | null;
  state: AssignmentChangeState;
  version: Generated<number>;
  pim_status: string | null;
  problem: Json<PimProblem> | null;
  created_at: Date;
  submitted_at: Date | null;
  /** As PIM says. */
  begins_at: Date | null;
  ends_at: Date | null;
}

interface AssignmentInquiriesTable {
  inquiry_id: string;
  person_id: string;
  inquiry: Json<unknown>;
  created_at: Date;
}

export interface SettingsChangesTable {
  request_id: string;
  person_id: string;
  person_name: string;
  state: SettingsChangeState;
  version: Generated<number>;
  roles: Json<readonly RoleChange[]>;
  approvers: Json<readonly Approver[]>;
  unchanged: number;
  created_at: Date;
  submitted_at: Date | null;
}

export interface AuditLogTable {
  /** `bigint`: the drivers give text or a number. */
  number: ColumnType<string | number, number, never>;
  previous: string;
  hash: string;
  form: number;
  at: Date;
  actor_id: string;
  actor_name: string;
  action: string;
  phase: 'attempt' | 'outcome';
  request_id: string | null;
  /** `json` and not `jsonb`: the text is kept as it was hashed. */
  details: Json<Readonly<Record<string, unknown>>>;
}

/** One row: the end of the chain. Whoever appends locks it. */
interface AuditHeadTable {
  number: ColumnType<string | number, number, number>;
  hash: string;
}

/** Every table, as Kysely sees it. The columns are made by the migrations. */
export interface Tables {
  activations: ActivationsTable;
  asked_approvers: AskedApproversTable;
  approvals_given: ApprovalsGivenTable;
  told: ToldTable;
  conversation_references: ConversationReferencesTable;
  posted_cards: PostedCardsTable;
  digests: DigestsTable;
  interrupted_turns: InterruptedTurnsTable;
  step_ups: StepUpsTable;
  assignment_changes: AssignmentChangesTable;
  assignment_inquiries: AssignmentInquiriesTable;
  settings_changes: SettingsChangesTable;
  audit_log: AuditLogTable;
  audit_head: AuditHeadTable;
}
