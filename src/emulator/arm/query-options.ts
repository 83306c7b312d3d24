import { badRequest } from '../reply.ts';
import type { TenantCall } from './call.ts';

/** Throws `Refusal` for a query option that would be ignored. `$skiptoken` is always known. */
export function checkQueryOptions({ incoming }: TenantCall, known: readonly string[]): void {
  const all = [...known, '$skiptoken'];
  const unknown = [...incoming.query.keys()].find((name) => name.startsWith('$') && !all.includes(name.toLowerCase()));
  if (unknown !== undefined) {
    throw badRequest(`The query option ${unknown} is not supported here. Supported: ${all.join(', ')}.`);
  }
}
