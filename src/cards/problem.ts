import type { PimErrorCode } from '../pim/errors.ts';
import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardElement, CardFrame } from './adaptive-card.ts';
import { frame } from './frame.ts';
import { problemLinks } from './problem-link.ts';
import { problemWords } from './problem-words.ts';
import type { ProblemWords } from './problem-words.ts';
import type { Problem } from './shown.ts';
import template from './templates/problem.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader, TextKey } from './texts.ts';
import { verbAction } from './verbs.ts';

interface ProblemData extends CardFrame, ProblemWords {
  readonly tone: 'attention' | 'warning';
  readonly whyLabel: string;
  readonly nextLabel: string;
  readonly hasAzureRequestId: boolean;
}

export interface ShownProblem {
  readonly problem: Problem;
  /** Where an administrator allows this bot to act for people; https. */
  readonly consentUrl?: string | null;
}

const fill: (data: ProblemData) => AdaptiveCard = cardTemplate(template);

/** What happened, why, and what to do next, for everything that PIM can answer. */
export function problemCard(reader: Reader, { problem, consentUrl = null }: ShownProblem): AdaptiveCard {
  const words = problemWords(reader.locale, problem, consentUrl);
  return fill({
    ...frame(reader, 'problem.summary', [...problemLinks(reader.locale, problem, consentUrl), wayOn(reader, problem)]),
    ...words,
    tone: mayHaveHappened(problem) ? 'warning' : 'attention',
    whyLabel: text(reader.locale, 'problem.why'),
    nextLabel: text(reader.locale, 'problem.next'),
    hasAzureRequestId: words.azureRequestId !== '',
  });
}

/** Not an error yet: PIM may have carried it out. */
function mayHaveHappened({ code }: Problem): boolean {
  return code === 'outcomeUnknown' || code === 'badAnswer';
}

const aboutHeldRoles: readonly PimErrorCode[] = ['alreadyActive', 'notActive', 'tooSoon'];

function wayOn({ locale }: Reader, { code }: Problem): CardElement {
  if (code === 'alreadyDecided') return verbAction({ verb: 'approvals.show' }, text(locale, 'action.showApprovals'));
  if (aboutHeldRoles.includes(code)) return verbAction({ verb: 'active.show' }, text(locale, 'action.showActive'));
  return verbAction({ verb: 'roles.show' }, text(locale, rolesTitle[code] ?? 'action.showRoles'));
}

/** Whoever asks for their roles is asked to sign in first, where that is what is missing. */
const rolesTitle: Readonly<Partial<Record<PimErrorCode, TextKey>>> = {
  signInRequired: 'action.signIn',
  otherAccount: 'action.tryAgain',
  consentRequired: 'action.tryAgain',
};
