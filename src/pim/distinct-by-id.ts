/** Each id once, whatever its case. */
export function distinctById<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.id.toLowerCase(), item])).values()];
}
