/** A text as it stands in a `$filter`, of ARM and of Graph. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
