import { badRequest } from '../reply.ts';
import type { Principal } from '../tenant.ts';
import type { GraphCall } from './call.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What Graph answers about a principal, with the members that `$select` asks for; `id` is always among them. */
export function directoryObject(call: GraphCall, principal: Principal): Properties {
  const all = propertiesOf(principal);
  const selected = call.incoming.query.get('$select');
  if (selected === null) {
    return all;
  }
  const wanted = selected.split(',').map((name) => name.trim().toLowerCase());
  return Object.fromEntries(Object.entries(all).filter(([name]) => name === 'id' || wanted.includes(name.toLowerCase())));
}

/** The type as a list of mixed objects tells it. */
export function odataType(principal: Principal): string {
  const names = { user: 'user', group: 'group', app: 'servicePrincipal' } as const;
  return `#microsoft.graph.${names[principal.kind]}`;
}

/** Throws `Refusal` for query options that this service would silently ignore. */
export function checkQuery(call: GraphCall, known: readonly string[]): void {
  const unknown = [...call.incoming.query.keys()].find((name) => name.startsWith('$') && !known.includes(name.toLowerCase()));
  if (unknown !== undefined) {
    throw badRequest(`The query option ${unknown} is not supported here. Supported: ${known.join(', ')}.`);
  }
}

function propertiesOf(principal: Principal): Properties {
  switch (principal.kind) {
    case 'user': {
      const { id, name, userPrincipalName, userType, accountEnabled } = principal;
      return { id, displayName: name, userPrincipalName, mail: userPrincipalName, userType, accountEnabled };
    }
    case 'group':
      return { id: principal.id, displayName: principal.name, description: null, mailEnabled: false, securityEnabled: true };
    case 'app':
      return { id: principal.id, displayName: principal.name, appId: principal.id, servicePrincipalType: 'Application' };
  }
}
