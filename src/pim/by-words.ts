/**
 * What a person's words mean among things that have one or more names: those that are called exactly so; where there are
 * none, those whose names contain every word. Case never matters; no words mean all of them.
 */
export function byWords<T>(items: readonly T[], words: string, namesOf: (item: T) => readonly string[]): readonly T[] {
  const wanted = wordsOf(words);
  const exact = items.filter((item) => namesOf(item).some((name) => wordsOf(name).join(' ') === wanted.join(' ')));
  if (exact.length > 0) return exact;
  return items.filter((item) => {
    const names = namesOf(item).join('\n').toLowerCase();
    return wanted.every((word) => names.includes(word));
  });
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/\s+/).filter((word) => word !== '');
}
