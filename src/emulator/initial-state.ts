import { guidFrom } from './guid.ts';
import { resolveTarget } from './seed-targets.ts';
import type { Seed, SeedAssignment } from './seed.ts';
import type { Assignment, Eligibility, Holding, State } from './state.ts';
import type { Tenant } from './tenant.ts';

/** When the tenant began to use PIM: what the seed dates no further was there from then on. */
export const sinceOnboarding = Date.UTC(2024, 0, 1);

/** What there is before anybody did anything. `tenant` was built from this seed; `now` in milliseconds since 1970. */
export function initialState(seed: Seed, tenant: Tenant, now: number): State {
  const eligibilities = (seed.eligible ?? []).map((entry) => eligibility(entry, tenant, now));
  const assignments = (seed.assigned ?? []).map((entry) => assignment(entry, tenant, now));
  return {
    groupMembers: new Map((seed.groups ?? []).map(({ id, members }) => [id.toLowerCase(), members.map((member) => member.toLowerCase())])),
    requests: new Map(),
    eligibilities: new Map(eligibilities.map((entry) => [entry.name, entry])),
    assignments: new Map(assignments.map((entry) => [entry.name, entry])),
    policies: new Map(),
    audit: [],
  };
}

function eligibility(entry: SeedAssignment, tenant: Tenant, now: number): Eligibility {
  return { ...common('eligibility', entry, tenant, now), startAt: timeOf(entry.start) };
}

function assignment(entry: SeedAssignment, tenant: Tenant, now: number): Assignment {
  const startAt = timeOf(entry.start) ?? sinceOnboarding;
  return { ...common('assigned', entry, tenant, now), how: 'Assigned', eligibilityName: null, startAt };
}

type Common = Holding & Pick<Eligibility, 'name' | 'requestName' | 'condition' | 'endAt' | 'endedAt' | 'createdAt' | 'updatedAt'>;

/** What is over before the service starts has ended without a trace in the audit log. */
function common(prefix: string, entry: SeedAssignment, tenant: Tenant, now: number): Common {
  const principalId = entry.principalId.toLowerCase();
  const { role, scope } = resolveTarget(entry, tenant);
  const endAt = timeOf(entry.end);
  const createdAt = timeOf(entry.start) ?? sinceOnboarding;
  return {
    name: guidFrom(prefix, principalId, entry.role, scope.id, entry.start ?? '', entry.end ?? ''),
    requestName: null,
    condition: null,
    principalId,
    roleId: role.id,
    scopeId: scope.id,
    endAt,
    endedAt: endAt !== null && endAt <= now ? endAt : null,
    createdAt,
    updatedAt: createdAt,
  };
}

function timeOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}
