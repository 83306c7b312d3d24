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
}

export interface GraphOperation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Behind `/v1.0/` or `/beta/`. */
  readonly path: string;
  /** Throws `Refusal`. */
  readonly handle: (call: GraphCall) => Reply;
}

/** A person may read the directory; an application needs one of these permissions. Throws `Refusal`. */
export function requirePermission(call: GraphCall, ...permissions: readonly string[]): void {
  if (call.caller.kind === 'app' && !permissions.some((permission) => call.caller.permissions.includes(permission))) {
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
