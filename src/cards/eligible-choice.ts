/** What `activation.choose` names: an eligibility, and a scope below its own where the role is wanted only there. */
export interface EligibleChoice {
  readonly eligibleId: string;
  /** `null`: where the eligibility lies. */
  readonly scopeId: string | null;
}

/** A choice on a card has one value. No id of an eligibility has a space in it. */
export function eligibleChoiceId({ eligibleId, scopeId }: EligibleChoice): string {
  return scopeId === null ? eligibleId : `${eligibleId} ${scopeId}`;
}

export function readEligibleChoice(choiceId: string): EligibleChoice {
  const space = choiceId.indexOf(' ');
  return space < 0 ? { eligibleId: choiceId, scopeId: null } : { eligibleId: choiceId.slice(0, space), scopeId: choiceId.slice(space + 1) };
}
