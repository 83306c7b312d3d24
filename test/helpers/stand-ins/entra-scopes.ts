import { EntraRefusal } from './entra-answers.ts';

const openIdScopes = new Set(['openid', 'profile', 'email', 'offline_access']);

/** The one resource that all scopes belong to, without a slash at its end. Throws `EntraRefusal` where it is none of `known`. */
export function readResource(scope: string, known: readonly string[]): string {
  const names = scope.split(' ').filter((name) => name !== '' && !openIdScopes.has(name));
  const resources = new Set(names.map((name) => name.slice(0, Math.max(name.lastIndexOf('/'), 0)).replace(/\/$/, '')));
  const [resource] = resources;
  if (resource === undefined || resources.size > 1 || !known.includes(resource)) throw new EntraRefusal('unknownScope');
  return resource;
}

/** What people's tokens are given for. */
export const personResources: readonly string[] = ['https://management.azure.com', 'https://graph.microsoft.com'];
