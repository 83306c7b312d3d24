import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { frame } from './frame.ts';
import { oneLine } from './plain-text.ts';
import template from './templates/welcome.json' with { type: 'json' };
import { pieces, text } from './texts.ts';
import type { Reader, TextPiece } from './texts.ts';
import { verbAction } from './verbs.ts';

interface WelcomeData extends CardFrame {
  readonly title: string;
  readonly greeting: readonly TextPiece[];
  readonly intro: string;
  readonly steps: readonly { readonly name: string; readonly text: string }[];
  readonly administrators: string;
  readonly signIn: string;
  readonly start: string;
}

const fill: (data: WelcomeData) => AdaptiveCard = cardTemplate(template);

/** The first card that a person gets. `personName` is `null` where the channel does not say whose arrival it reports. */
export function welcomeCard(reader: Reader, { personName }: { readonly personName: string | null }): AdaptiveCard {
  const { locale } = reader;
  return fill({
    ...frame(reader, 'welcome.summary', [
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'), 'positive'),
      verbAction({ verb: 'approvals.show' }, text(locale, 'action.showApprovals')),
    ]),
    title: text(locale, 'welcome.summary'),
    greeting: personName === null ? pieces(locale, 'welcome.titleNoName', {}) : pieces(locale, 'welcome.title', { person: oneLine(personName) }),
    intro: text(locale, 'welcome.intro'),
    steps: [
      { name: text(locale, 'welcome.activate'), text: text(locale, 'welcome.activateText') },
      { name: text(locale, 'welcome.approve'), text: text(locale, 'welcome.approveText') },
      { name: text(locale, 'welcome.digest'), text: text(locale, 'welcome.digestText') },
    ],
    administrators: text(locale, 'welcome.administrators'),
    signIn: text(locale, 'welcome.signIn'),
    start: text(locale, 'welcome.start'),
  });
}
