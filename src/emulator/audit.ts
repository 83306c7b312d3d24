import { activityName, settingsChanged } from './audit-activities.ts';
import type { Step, Term } from './audit-activities.ts';
import { guidFrom } from './guid.ts';
import { findRoleById } from './roles.ts';
import type { Role, RoleKind } from './roles.ts';
import type { Scope } from './scopes.ts';
import type { ActivityEntry, AuditCategory, CallEntry, Holding, Pim, ScheduleRequest, State } from './state.ts';

/** Oldest entries go first beyond this many, so that a service that runs for weeks does not grow without end. */
const longestAudit = 20_000;

export function recordCall(state: State, entry: Omit<CallEntry, 'kind'>): void {
  append(state, { kind: 'call', ...entry });
}

/** A step of a request. `actor` `null`: PIM itself, by the clock. */
export function recordStep(pim: Pim, step: Step, request: ScheduleRequest, actor: string | null): void {
  recordActivity(pim, activityName(request, step, termOf(pim, request)), request, actor);
}

/** What an activity is about; `name` is that of the request behind it. */
interface Subject extends Holding {
  readonly name: string | null;
  readonly justification: string;
}

export function recordActivity(pim: Pim, activity: string, subject: Subject, actor: string | null): void {
  const { name, principalId, roleId, scopeId, justification } = subject;
  const role = findRoleById(roleId);
  const about = { request: name, principalId, role: role?.name ?? roleId, roleId, scope: scopeId, justification };
  append(pim.state, { ...head(pim, activity, role?.kind ?? 'azure', `${name} ${principalId} ${roleId} ${scopeId}`), actor, ...about });
}

export function recordPolicyChange(pim: Pim, role: Role, scope: Scope, actor: string): void {
  const about = { request: null, principalId: null, role: role.name, roleId: role.id, scope: scope.id, justification: '' };
  append(pim.state, { ...head(pim, settingsChanged, role.kind, `${role.id} ${scope.id}`), actor, ...about });
}

type Head = Pick<ActivityEntry, 'kind' | 'id' | 'at' | 'activity' | 'category' | 'roleKind'>;

function head(pim: Pim, activity: string, roleKind: RoleKind, subject: string): Head {
  const at = new Date(pim.now).toISOString();
  const id = guidFrom('activity', activity, subject, at, String(pim.state.audit.length));
  return { kind: 'activity', id, at, activity, category: categories[roleKind], roleKind };
}

const categories: Readonly<Record<RoleKind, AuditCategory>> = {
  azure: 'ResourceManagement',
  entra: 'RoleManagement',
  group: 'GroupManagement',
};

/** Of what the request asks for; of a removal, of what it removes. */
function termOf({ state }: Pim, { schedule, targetName }: ScheduleRequest): Term {
  const target = state.eligibilities.get(targetName) ?? state.assignments.get(targetName);
  const isPermanent = schedule === null ? target?.endAt === null : schedule.expiration.type === 'NoExpiration';
  return isPermanent ? 'permanent' : 'timebound';
}

function append(state: State, entry: State['audit'][number]): void {
  state.audit.push(entry);
  if (state.audit.length > longestAudit) {
    state.audit.splice(0, state.audit.length - longestAudit);
  }
}
