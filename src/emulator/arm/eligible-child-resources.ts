import { eligibilitiesOf } from '../eligibilities.ts';
import { parseAlternatives } from '../filter.ts';
import { pageOf } from '../paging.ts';
import { badRequest, ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isWithin } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { pimVersions } from './call.ts';
import type { ArmCall, ArmOperation } from './call.ts';

export const eligibleChildResources: readonly ArmOperation[] = [
  { method: 'GET', path: 'eligibleChildResources', apiVersions: pimVersions, queryOptions: ['$filter', '$getAllChildren'], handle: list },
];

/** The types that this listing has; a resource is none of them, so a resource group has no children here. */
const listedTypes: readonly Scope['type'][] = ['managementgroup', 'subscription', 'resourcegroup'];

/**
 * Where the caller could activate a role that they are eligible for at the scope or above it: what lies directly in the
 * scope, or with `$getAllChildren=true` everything below it. Without such an eligibility there is nothing to show.
 * https://learn.microsoft.com/rest/api/authorization/eligible-child-resources/get
 */
function list(call: ArmCall): Reply {
  const { query } = call.incoming;
  const wanted = parseAlternatives(query.get('$filter'), 'resourceType');
  const all = (query.get('$getAllChildren') ?? 'false').toLowerCase();
  if (all !== 'true' && all !== 'false') {
    throw badRequest(`$getAllChildren must be true or false, found ${all}.`);
  }
  const children = isEligibleAt(call, call.scope) ? childrenOf(call, all === 'true') : [];
  const shown = children.filter(({ type }) => listedTypes.includes(type) && (wanted.size === 0 || wanted.has(type)));
  const page = pageOf(shown, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map(({ id, name, type }) => ({ id, name, type })) });
}

function isEligibleAt(call: ArmCall, scope: Scope): boolean {
  return eligibilitiesOf(call, call.caller.id).some((entry) => {
    const eligibleAt = call.tenant.scopes.find(entry.scopeId);
    return eligibleAt !== undefined && isWithin(scope, eligibleAt);
  });
}

function childrenOf({ tenant, scope }: ArmCall, all: boolean): readonly Scope[] {
  const scopes = tenant.scopes.all();
  return all
    ? scopes.filter((candidate) => candidate.id !== scope.id && isWithin(candidate, scope))
    : scopes.filter((candidate) => candidate.parent?.id === scope.id);
}
