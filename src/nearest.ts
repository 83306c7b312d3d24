/** The candidate that is fewest edits away, if it is near enough to be a slip of the hand; `null` otherwise. */
export function nearestOf(word: string, candidates: readonly string[]): string | null {
  const [best] = byDistance(word, candidates);
  if (best === undefined) return null;
  return distance(word.toLowerCase(), best.toLowerCase()) <= Math.max(1, Math.floor(best.length / 3)) ? best : null;
}

/** Comparing takes time in proportion to both lengths; a name is never longer than this. */
const longestCompared = 100;

/** Candidates from the nearest to the farthest. */
function byDistance(word: string, candidates: readonly string[]): readonly string[] {
  const wanted = word.toLowerCase().slice(0, longestCompared);
  return candidates
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ candidate }) => candidate);
}

const mostNearest = 5;

/** The things whose names come nearest to the words, the nearest first; of one name all that there are. */
export function nearestNamed<T>(words: string, things: readonly T[], nameOf: (thing: T) => string): readonly T[] {
  const named = Map.groupBy(things, nameOf);
  return byDistance(words, [...named.keys()]).slice(0, mostNearest).flatMap((name) => named.get(name) ?? []);
}

/** Levenshtein distance: insertions, deletions and replacements. */
function distance(a: string, b: string): number {
  const others = Array.from(b);
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1];
    for (const [column, other] of others.entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(replaced, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
