import { createHash } from 'node:crypto';

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isGuid(text: string): boolean {
  return guidPattern.test(text);
}

/** The same parts always give the same GUID, so that a restart and a reset keep every name (RFC 9562, version 8). */
export function guidFrom(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n').toLowerCase()).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The last segment of an ARM id, in lower case. A bare name is its own last segment. */
export function lastSegment(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}

/** The name in any form of a schedule's id: a GUID, an ARM path, or Graph's `{groupId}_{accessId}_{guid}`. */
export function scheduleName(id: string): string {
  return lastSegment(id).split('_').at(-1) ?? '';
}
