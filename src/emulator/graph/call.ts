import type { Caller } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import { Refusal } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { Pim } from '../state.ts';

/** One Microsoft Graph request, with its token verified. */
export interface GraphCall extends Pim {
  readonly caller: Caller;
  /** `v1.0` or `beta`. */
  readonly version: string;
  /** Values of the path's placeholders, as they were sent. */
  readonly names: Readonly<Record<string, string>>;
  readonly incoming: Incoming;
  readonly pageSize: number;
  /** Answers a request of the same caller as if it had come by itself; `null`: its answer was lost on the way. */
  readonly answerItem: (item: Incoming) => Reply | null;
}

export interface GraphOperation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Behind `/v1.0/` or `/beta/`; a `{placeholder}` takes one segment, or stands in a function: `filterByCurrentUser(on='{on}')`. */
  readonly path: string;
  /** Where Graph has it in one version only. */
  readonly only?: 'v1.0' | 'beta';
  /** Throws `Refusal`. */
  readonly handle: (call: GraphCall) => Reply;
}

/** One of these permissions: an application's own, or one that is delegated to it by a person. Throws `Refusal`. */
export function requirePermission({ caller }: GraphCall, ...permissions: readonly string[]): void {
  const held = caller.kind === 'app' ? caller.permissions : caller.scopes;
  if (!permissions.some((permission) => held.includes(permission))) {
    throw requestDenied();
  }
}

export function requestDenied(): Refusal {
  return new Refusal(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

export function resourceNotFound(id: string): Refusal {
  return new Refusal(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

export function contextUrl(call: GraphCall, entity: string): string {
  return `${call.incoming.origin}/${call.version}/$metadata#${entity}`;
}
