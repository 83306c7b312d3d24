/** PIM as one person sees it, whatever the kind of role: listings are put together, everything else goes where its scope belongs. */
import { PimError } from './errors.ts';
import type { Gap, Listing, Principal, RoleKind, Scope } from './model.ts';
import type { PimAssignments, PimUser } from './pim.ts';
import { kindOf } from './scope.ts';

/** One kind of role as one person sees it. Principals are of no kind: the directory finds them. */
export type PimOfKind = Omit<PimUser, 'personId' | 'assignments'> & { readonly assignments: Omit<PimAssignments, 'findPrincipals'> };

export interface PimUserParts {
  readonly personId: string;
  /** The kinds that this tenant uses. */
  readonly kinds: ReadonlyMap<RoleKind, PimOfKind>;
  readonly findPrincipals: (words: string) => Promise<readonly Principal[]>;
}

export function createPimUser({ personId, kinds, findPrincipals }: PimUserParts): PimUser {
  const all = <T>(list: (pim: PimOfKind) => Promise<Listing<T>>): Promise<Listing<T>> => listOfAll(kinds, list);
  const at = (scope: Scope): PimOfKind => pimAt(kinds, scope);
  return {
    personId,
    listEligible: () => all((pim) => pim.listEligible()),
    listActive: (eligible) => all((pim) => pim.listActive(eligible)),
    listPending: () => all((pim) => pim.listPending()),
    listWaitingForMyDecision: () => all((pim) => pim.listWaitingForMyDecision()),
    listChildren: async (scope) => at(scope).listChildren(scope),
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
      unassign: async (requestId, target) => at(target.scope).assignments.unassign(requestId, target),
      readRequest: async (reference) => at(reference.scope).assignments.readRequest(reference),
      findRoles: async (scope, words) => at(scope).assignments.findRoles(scope, words),
      findScopes: (words) => all((pim) => pim.assignments.findScopes(words)),
      findPrincipals,
    },
  };
}

function pimAt(kinds: PimUserParts['kinds'], scope: Scope): PimOfKind {
  const kind = kindOf(scope);
  const pim = kinds.get(kind);
  if (pim === undefined) throw new PimError('notFound', `this bot does not look after ${kind} roles`);
  return pim;
}

/** One kind that cannot be read does not hide the others; when none can be read, the first failure is told. */
async function listOfAll<T>(kinds: PimUserParts['kinds'], list: (pim: PimOfKind) => Promise<Listing<T>>): Promise<Listing<T>> {
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
