/** PIM as one person sees it, whatever the kind of role: listings are put together, everything else goes where its scope belongs. */
import { PimError } from './errors.ts';
import { whole } from './listing.ts';
import type { Approver, Gap, Listing, Principal, RoleKind, Scope } from './model.ts';
import type { PimAssignments, PimUser } from './pim.ts';
import { kindOf } from './scope.ts';
import type { PolicyQuery, SettingsOfKind } from './settings/pim-settings.ts';
import type { RolePolicy } from './settings/role-policy.ts';

/** One kind of role as one person sees it. Principals are of no kind: the directory finds them. */
export type PimOfKind = Omit<PimUser, 'personId' | 'assignments' | 'settings'> & {
  readonly assignments: Omit<PimAssignments, 'findPrincipals'>;
  readonly settings: SettingsOfKind;
};

export interface PimUserParts {
  readonly personId: string;
  /** The kinds that this tenant uses. */
  readonly kinds: ReadonlyMap<RoleKind, PimOfKind>;
  readonly findPrincipals: (words: string) => Promise<readonly Principal[]>;
  readonly findApprovers: (ids: readonly string[]) => Promise<readonly Approver[]>;
}

export function createPimUser({ personId, kinds, findPrincipals, findApprovers }: PimUserParts): PimUser {
  const all = <T>(list: (pim: PimOfKind) => Promise<Listing<T>>): Promise<Listing<T>> => listOfAll(kinds, list);
  const at = (scope: Scope): PimOfKind => pimAt(kinds, scope);
  return {
    personId,
    listEligible: () => all((pim) => pim.listEligible()),
    listActive: (eligible) => all((pim) => pim.listActive(eligible)),
    listPending: () => all((pim) => pim.listPending()),
    listWaitingForMyDecision: () => all((pim) => pim.listWaitingForMyDecision()),
    listChildren: async (scope, types) => at(scope).listChildren(scope, types),
    readRoleSettings: async (role, scope) => at(scope).readRoleSettings(role, scope),
    validate: async (draft) => at(draft.scope).validate(draft),
    activate: async (requestId, draft) => at(draft.scope).activate(requestId, draft),
    deactivate: async (requestId, role, scope) => at(scope).deactivate(requestId, role, scope),
    cancel: async (request) => at(request.scope).cancel(request),
    readRequest: async (request) => at(request.scope).readRequest(request),
    decide: async (approval, decision) => at(approval.scope).decide(approval, decision),
    assignments: {
      list: async (query) => at(query.scope).assignments.list(query),
      assign: async (requestId, draft) => at(draft.scope).assignments.assign(requestId, draft),
      unassign: async (requestId, draft) => at(draft.scope).assignments.unassign(requestId, draft),
      readRequest: async (reference) => at(reference.scope).assignments.readRequest(reference),
      findRoles: async (scope, words) => at(scope).assignments.findRoles(scope, words),
      findScopes: (words) => all((pim) => pim.assignments.findScopes(words)),
      findWidestScopes: () => all((pim) => pim.assignments.findWidestScopes()),
      findPrincipals,
    },
    settings: {
      read: async (role, scope) => at(scope).settings.read(role, scope),
      list: (query = {}) => listPolicies(kinds, query),
      write: async (policy, change) => {
        const { settings } = at(policy.scope);
        return settings.write(policy, change, change.approverIds === undefined ? [] : await findApprovers(change.approverIds));
      },
      findApprovers,
    },
  };
}

/** Where scopes are named, only their kinds are asked. */
function listPolicies(kinds: PimUserParts['kinds'], { scopes, ...query }: PolicyQuery): Promise<Listing<RolePolicy>> {
  if (scopes === undefined) return listOfAll(kinds, (pim) => pim.settings.list(query));
  const byKind = new Map(scopes.map((scope) => [kindOf(scope), scopes.filter((other) => kindOf(other) === kindOf(scope))]));
  const asked = new Map([...byKind].map(([kind, [first, ...others]]): [RoleKind, () => Promise<Listing<RolePolicy>>] =>
    [kind, async () => (first === undefined ? whole([]) : pimAt(kinds, first).settings.list({ ...query, scopes: [first, ...others] }))]));
  return listOfAll(asked, (list) => list());
}

function pimAt(kinds: PimUserParts['kinds'], scope: Scope): PimOfKind {
  const kind = kindOf(scope);
  const pim = kinds.get(kind);
  if (pim === undefined) throw new PimError('notFound', `this bot does not look after ${kind} roles`);
  return pim;
}

/** One kind that cannot be read does not hide the others; when none can be read, the first failure is told. */
async function listOfAll<P, T>(kinds: ReadonlyMap<RoleKind, P>, list: (pim: P) => Promise<Listing<T>>): Promise<Listing<T>> {
  const asked = [...kinds];
  const answers = await Promise.allSettled(asked.map(async ([, pim]) => list(pim)));
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  const foreign = failures.find((failure) => !(failure instanceof PimError));
  if (foreign !== undefined || failures.length === asked.length) throw foreign ?? failures[0];
  const listings = answers.map((answer, index): Listing<T> => (answer.status === 'fulfilled' ? answer.value : { items: [], gaps: gapOf(asked[index]?.[0], answer.reason) }));
  return { items: listings.flatMap(({ items }) => items), gaps: listings.flatMap(({ gaps }) => gaps) };
}

function gapOf(kind: RoleKind | undefined, failure: unknown): readonly Gap[] {
  return kind === undefined || !(failure instanceof PimError) ? [] : [{ kind, why: failure.code }];
}
