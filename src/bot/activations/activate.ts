import { chooseRoleCard, type RoleQuestion } from '../../cards/choose-role.ts';
import { eligibleChoiceId, readEligibleChoice } from '../../cards/eligible-choice.ts';
import { noticeCard } from '../../cards/notice.ts';
import type { EligibleAssignment, Gap } from '../../pim/model.ts';
import type { PimUser } from '../../pim/pim.ts';
import { showNewForm, type ChosenRole } from './activation-form.ts';
import type { Command, RoleWords } from '../commands/command.ts';
import { isCalled, matchOf, matchRole, type Match } from '../commands/match-role.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import { typedStart } from './planned-start.ts';
import { findAtPath, findBelow, findScopeOffered, type Reached } from './scopes-below.ts';
import { eligibleIdOf } from './show-activation.ts';
import type { Turn } from '../turn.ts';

type ActivateCommand = Extract<Command, { name: 'activate' }>;

/** `activate …`: what is known is prefilled, an ambiguous name offers the candidates, an unknown one the nearest. */
export async function startActivation(parts: BotParts, turn: Turn, command: ActivateCommand): Promise<Reply> {
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const { items: eligible, gaps } = await pim.listEligible();
  const asked = askedWords(command);
  const entered = enteredBy(parts, turn, command);
  if (asked === '' && eligible.length !== 1) return ask(parts, turn, { asked, why: 'notNamed', candidates: eligible, gaps, entered });
  const meant = await findMeant(pim, eligible, command);
  if (meant.match.found === 'one') return showNewForm(parts, turn, pim, { ...meant.match.assignment, entered });
  const { found, candidates } = meant.match;
  return ask(parts, turn, { asked, why: whyAsked(asked, found), candidates: candidates.map(candidateOf), gaps: [...gaps, ...meant.gaps], entered });
}

interface Meant {
  readonly match: Match<Reached>;
  readonly gaps: readonly Gap[];
}

/**
 * Where nothing that the person is eligible for lies at a scope of that name, something below may: "rg-web" is not
 * "rg-web-test", which begins like it.
 */
async function findMeant(pim: PimUser, eligible: readonly EligibleAssignment[], words: RoleWords): Promise<Meant> {
  const match = matchRole(eligible.map(reached), words);
  const atPath = await findAtPath(pim, eligible, words);
  if (atPath !== null) return { match: matchOf(atPath.found) ?? { found: 'none', candidates: match.found === 'none' ? match.candidates : [] }, gaps: atPath.gaps };
  if (match.found === 'none') {
    const below = await findBelow(pim, eligible, words, { exactly: false });
    return { match: matchOf(below.found) ?? match, gaps: below.gaps };
  }
  const fitting = match.found === 'one' ? [match.assignment] : match.candidates;
  if (fitting.some((each) => isCalled(each, words))) return { match, gaps: [] };
  const below = await findBelow(pim, eligible, words, { exactly: true });
  return { match: matchOf(below.found) ?? match, gaps: [] };
}

function reached(eligible: EligibleAssignment): Reached {
  return { eligible, role: eligible.role, scope: eligible.scope };
}

function whyAsked(asked: string, found: 'several' | 'none'): RoleQuestion['why'] {
  if (asked === '') return 'notNamed';
  return found === 'several' ? 'ambiguous' : 'unknown';
}

function candidateOf({ eligible, role, scope }: Reached): RoleQuestion['candidates'][number] {
  return { id: eligibleChoiceId({ eligibleId: eligible.id, scopeId: scope === eligible.scope ? null : scope.id }), role, scope };
}

function askedWords({ role, scope }: RoleWords): string {
  return [role, scope].filter((words) => words !== '').join(' · ');
}

function enteredBy({ clock }: BotParts, { reader }: Turn, { minutes, starts, justification }: ActivateCommand): ChosenRole['entered'] {
  return { ...typedStart(starts, { now: clock.now(), timeZone: reader.timeZone }), minutes: minutes ?? undefined, justification };
}

function ask({ consentUrl }: BotParts, turn: Turn, question: RoleQuestion): Reply {
  return { card: chooseRoleCard(turn.reader, { ...question, consentUrl }) };
}

/**
 * A role was picked on a card. The ids come from the card, so they are looked up among what PIM says the person may
 * activate, and where (promise 13).
 */
export async function chooseRole(parts: BotParts, turn: Turn, choiceId: string, entered: ChosenRole['entered'] = {}): Promise<Reply> {
  const { eligibleId, scopeId } = readEligibleChoice(choiceId);
  const pim = await parts.signIn.pimOf(turn.actor.id);
  const { items, gaps } = await pim.listEligible();
  const eligible = items.find((candidate) => candidate.id === eligibleId || eligibleIdOf(candidate.eligibilityScheduleId) === eligibleId);
  // It may be among those that could not be read.
  if (eligible === undefined && gaps.length > 0) return ask(parts, turn, { asked: '', why: 'notNamed', candidates: items, gaps, entered });
  const scope = eligible === undefined || scopeId === null ? eligible?.scope : await findScopeOffered(pim, eligible, scopeId);
  if (eligible === undefined || scope === undefined || scope === null) return { card: noticeCard(turn.reader, { key: 'noLongerEligible' }) };
  return showNewForm(parts, turn, pim, { eligible, scope, entered });
}
