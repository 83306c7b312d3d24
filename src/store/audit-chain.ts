import { createHash } from 'node:crypto';

/** The end of the chain: everything up to here is what this hash stands for. */
export interface AuditHead {
  /** Of the last entry; 0 while there is none. */
  readonly number: number;
  readonly hash: string;
}

/** What the chain begins with. */
export const emptyLog: AuditHead = { number: 0, hash: '0'.repeat(64) };

/** The version of the canonical form below. Another form gets another number, and this one stays as it is. */
export const auditForm = 1;

/** What the hash of an entry is made of. */
export interface EntryFields {
  readonly form: number;
  /** 1, 2, 3 … without a gap. */
  readonly number: number;
  /** Hash of the entry before. */
  readonly previous: string;
  /** ISO 8601 in UTC, with milliseconds. */
  readonly at: string;
  readonly actorId: string;
  readonly actorName: string;
  readonly action: string;
  readonly phase: string;
  readonly requestId: string | null;
  /** Canonical JSON, as it is stored. */
  readonly details: string;
}

/** The same as the database holds it: whoever can change the table can empty a column, too. */
export type StoredFields = { readonly [K in keyof EntryFields]: EntryFields[K] | null };

/**
 * SHA-256, in hexadecimal, of the canonical form of an entry: a JSON array without white space of form, number, hash of
 * the entry before, time, actor's id and name, action, phase, request id and details, the details as a string.
 */
export function hashOfEntry({ form, number, previous, at, actorId, actorName, action, phase, requestId, details }: StoredFields): string {
  const canonical = JSON.stringify([form, number, previous, at, actorId, actorName, action, phase, requestId, details]);
  return createHash('sha256').update(canonical).digest('hex');
}

/** JSON without white space, the members of each object sorted by name (RFC 8785). Takes what `JSON.parse` gives. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  // Stryker disable next-line EqualityOperator: no two members of an object have one name.
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** As a text column gives it back: PostgreSQL has no character 0, and UTF-8 no lone surrogates. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
