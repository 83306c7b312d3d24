import { cardTemplate } from './adaptive-card.ts';
import type { AdaptiveCard, CardFrame } from './adaptive-card.ts';
import { frame } from './frame.ts';
import template from './templates/help.json' with { type: 'json' };
import { text } from './texts.ts';
import type { Reader } from './texts.ts';
import { verbAction } from './verbs.ts';

interface HelpData extends CardFrame {
  readonly title: string;
  readonly intro: string;
  readonly commands: readonly { readonly command: string; readonly meaning: string }[];
}

const commands = ['roles', 'activate', 'activateOther', 'active', 'deactivate', 'approvals', 'digestNow', 'digestOn', 'administrators', 'settings', 'signOut'] as const;

const fill: (data: HelpData) => AdaptiveCard = cardTemplate(template);

/** What to type, with examples, in the reader's language. */
export function helpCard(reader: Reader): AdaptiveCard {
  const { locale } = reader;
  return fill({
    ...frame(reader, 'help.summary', [
      verbAction({ verb: 'roles.show' }, text(locale, 'action.showRoles'), 'positive'),
      verbAction({ verb: 'active.show' }, text(locale, 'action.showActive')),
      verbAction({ verb: 'approvals.show' }, text(locale, 'action.showApprovals')),
    ]),
    title: text(locale, 'help.title'),
    intro: text(locale, 'help.intro'),
    commands: commands.map((command) => ({
      command: text(locale, `help.${command}.command`),
      meaning: text(locale, `help.${command}.meaning`),
    })),
  });
}
