/**
 * The names that a path gives to a pattern's `{placeholders}`; `null` when it does not fit. Case does not matter. A
 * placeholder is a whole segment, or the argument of a function: `filterByCurrentUser(on='{on}')`.
 */
export function matchPath(pattern: string, segments: readonly string[]): Readonly<Record<string, string>> | null {
  const parts = pattern.split('/');
  if (parts.length !== segments.length) {
    return null;
  }
  const names: Record<string, string> = {};
  for (const [i, part] of parts.entries()) {
    const segment = segments[i] ?? '';
    const [, before = part, name, after = ''] = /^([^{]*)\{(\w+)\}(.*)$/.exec(part) ?? [];
    if (name === undefined ? !isSame(part, segment) : !isAround(before, after, segment)) {
      return null;
    }
    if (name !== undefined) {
      names[name] = segment.slice(before.length, segment.length - after.length);
    }
  }
  return names;
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function isAround(before: string, after: string, segment: string): boolean {
  const enough = segment.length >= before.length + after.length;
  return enough && isSame(segment.slice(0, before.length), before) && isSame(segment.slice(segment.length - after.length), after);
}
