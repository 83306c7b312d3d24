import { findScopes } from './find-scopes.ts';
import { PimError } from '../errors.ts';
import type { AzureClient } from '../http/azure-client.ts';
import type { EligibleAssignment, Listing, Scope } from '../model.ts';
import { orPimError } from '../or-pim-error.ts';
import { scopeKey } from '../scope.ts';

/** Where a person's roles have settings: the management groups and subscriptions that they can see, and wherever they are eligible. */
export async function listScopes(client: AzureClient, listEligible: () => Promise<Listing<EligibleAssignment>>): Promise<Listing<Scope>> {
  const answers = await Promise.all([orPimError(findScopes(client, '')), orPimError(eligibleScopes(listEligible))]);
  const [first, ...others] = answers.filter((answer) => answer instanceof PimError);
  if (first !== undefined && others.length > 0) throw first;
  const listings = answers.map((answer): Listing<Scope> => (answer instanceof PimError ? { items: [], gaps: [{ kind: 'azure', why: answer.code }] } : answer));
  return {
    items: [...new Map(listings.flatMap(({ items }) => items).map((scope) => [scopeKey(scope.id), scope])).values()],
    gaps: listings.flatMap(({ gaps }) => gaps),
  };
}

async function eligibleScopes(listEligible: () => Promise<Listing<EligibleAssignment>>): Promise<Listing<Scope>> {
  const { items, gaps } = await listEligible();
  return { items: items.map(({ scope }) => scope), gaps };
}
