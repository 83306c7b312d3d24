/** Where Teams wants its answers: https, an exact host (with its port, if any), and a path of plain segments. */
export interface ServiceUrl {
  /** As on the allow-list: lower case. */
  readonly host: string;
  /** Host in lower case, no slash at the end: two service URLs are the same place when these are equal. */
  readonly address: string;
}

// No user, query, fragment, escape or backslash: what cannot be written cannot be read in two ways.
const shape = /^https:\/\/([a-z0-9.-]+(?::\d{1,5})?)((?:\/[\w.~-]+)*)\/?$/i;

/** The service URL, or null when it is not of the accepted shape or its host is not one of `hosts` (lower case). */
export function allowedServiceUrl(text: unknown, hosts: ReadonlySet<string>): ServiceUrl | null {
  // Stryker disable next-line ArrayDeclaration: its second and third element alone count, and are not there.
  const [, authority, path] = (typeof text === 'string' ? shape.exec(text) : null) ?? [];
  const host = authority?.toLowerCase();
  // Stryker disable next-line ConditionalExpression,LogicalOperator: both are there or neither is, and no list has what is not there.
  if (host === undefined || path === undefined) return null;
  return hosts.has(host) ? { host, address: `https://${host}${path}` } : null;
}
