import type { CardElement } from './adaptive-card.ts';
import { openUrlAction, portalAction, portalPages } from './open-url.ts';
import type { ActivationProblem } from './shown.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';

/** The page on which a problem can be solved, as a button; most problems have none. `consentUrl` as in `problemCard`. */
export function problemLinks(locale: Locale, { code, rules }: ActivationProblem, consentUrl: string | null = null): readonly CardElement[] {
  if (code === 'stepUpRequired' || code === 'onlyInPortal' || rules.includes('MfaRule')) return [portalAction(locale, portalPages.start)];
  if (code !== 'consentRequired' || consentUrl === null) return [];
  return [openUrlAction(consentUrl, text(locale, 'action.openAdministratorsPage'), 'positive')];
}
