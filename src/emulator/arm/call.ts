import { mayDo } from '../access.ts';
import type { Caller } from '../identity.ts';
import type { Incoming } from '../incoming.ts';
import { pimError } from '../pim-error.ts';
import type { Reply } from '../reply.ts';
import type { Scope } from '../scopes.ts';
import type { Pim } from '../state.ts';

export const provider = 'Microsoft.Authorization';

/** One ARM request, with its token verified. */
export interface TenantCall extends Pim {
  readonly caller: Caller;
  /** Values of the path's placeholders, as they were sent. */
  readonly names: Readonly<Record<string, string>>;
  readonly incoming: Incoming;
  readonly pageSize: number;
}

/** One request about what Microsoft.Authorization has at a scope. */
export interface ArmCall extends TenantCall {
  readonly scope: Scope;
}

/** An operation of the other resource providers. */
export interface TenantOperation {
  readonly method: 'GET';
  /** The whole path; a `{placeholder}` takes one segment. */
  readonly path: string;
  readonly apiVersions: readonly string[];
  /** Query options that it takes, e.g. `$filter`; any other is refused. None unless it says so. */
  readonly queryOptions?: readonly string[];
  /** Throws `Refusal`. */
  readonly handle: (call: TenantCall) => Reply;
}

/** One operation of Microsoft's description. */
export interface ArmOperation {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Behind `{scope}/providers/Microsoft.Authorization/`; a `{placeholder}` takes one segment. */
  readonly path: string;
  readonly apiVersions: readonly string[];
  /** Query options that it takes, e.g. `$filter`; any other is refused. None unless it says so. */
  readonly queryOptions?: readonly string[];
  /** Throws `Refusal`. */
  readonly handle: (call: ArmCall) => Reply;
}

export const pimVersions: readonly string[] = ['2020-10-01', '2020-10-01-preview'];

/** Whether the caller's Azure roles let them read this type at the scope. */
export function mayRead(call: ArmCall, type: string, scope: Scope): boolean {
  return mayDo(call, call.caller.id, `${provider}/${type}/read`, scope);
}

/** Throws `Refusal` unless the caller's Azure roles let them read this type at the scope. */
export function requireRead(call: ArmCall, type: string, scope: Scope): void {
  if (!mayRead(call, type, scope)) {
    throw pimError.insufficientPermissions(call.caller.id);
  }
}

export function nameOf(call: TenantCall, placeholder: string): string {
  return (call.names[placeholder] ?? '').toLowerCase();
}
