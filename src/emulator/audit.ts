import { activityName, settingsChanged } from './audit-activities.ts';
import type { Step, Term } from './audit-activities.ts';
import { guidFrom } from './guid.ts';
import type { Role, RoleKind } from './roles.ts';
import type { Scope } from './scopes.ts';
import type { ActivityEntry, AuditCategory, AuditEntry, CallEntry, Holding, Pim, ScheduleRequest, State } from './state.ts';

/**
 * Oldest entries of a kind go first beyond this many, so that a service that runs for weeks does not grow without end, and
 * calls that only read never push out what happened in PIM.
 */
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
  const role = pim.tenant.roles.find(roleId);
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
  const before = pim.state.audit.findLast((entry) => entry.kind === 'activity');
  const id = guidFrom('activity', activity, subject, at, before?.id ?? '');
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

function append({ audit }: State, entry: AuditEntry): void {
  audit.push(entry);
  if (audit.length > longestAudit) {
    forgetOldest(audit, entry.kind);
  }
}

function forgetOldest(audit: AuditEntry[], kind: AuditEntry['kind']): void {
  const surplus = audit.filter((entry) => entry.kind === kind).length - longestAudit;
  for (let left = surplus; left > 0; left -= 1) {
    audit.splice(audit.findIndex((entry) => entry.kind === kind), 1);
  }
}
