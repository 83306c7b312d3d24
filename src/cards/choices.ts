/** One entry of a choice. Titles stand in a drop-down, which knows no markup; an expanded choice set would render it. */
export interface Choice {
  readonly title: string;
  readonly value: string;
}

export interface ChoiceField {
  readonly choices: readonly Choice[];
  /** A long list can be searched. */
  readonly style: 'compact' | 'filtered';
  /** The only choice there is, or none. */
  readonly chosen: string;
}

const longestPlainList = 8;

export function choiceField(choices: readonly Choice[]): ChoiceField {
  const [only] = choices;
  return {
    choices,
    style: choices.length > longestPlainList ? 'filtered' : 'compact',
    chosen: only !== undefined && choices.length === 1 ? only.value : '',
  };
}
