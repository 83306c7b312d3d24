import type { CardElement } from './adaptive-card.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';
import type { ActionStyle } from './verbs.ts';

/** PIM's pages in the Azure portal, for Azure resource roles. */
export const portalPages = {
  start: 'https://portal.azure.com/#view/Microsoft_Azure_PIMCommon/CommonMenuBlade/~/quickStart',
  activate: 'https://portal.azure.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/azurerbac',
  approve: 'https://portal.azure.com/#view/Microsoft_Azure_PIMCommon/ApproveRequestMenuBlade/~/azurerbac',
} as const;

export type PortalPage = keyof typeof portalPages;

/**
 * A button that opens a page in the browser. The address comes from configuration, never from what a person wrote.
 * Throws when it is not https.
 */
export function openUrlAction(url: string, title: string, style: ActionStyle = 'default'): CardElement {
  if (!url.startsWith('https://')) throw new Error('A card opens https addresses only.');
  return { type: 'Action.OpenUrl', title, style, url };
}

/** The way on where this bot has none. */
export function portalAction(locale: Locale, page: PortalPage): CardElement {
  return openUrlAction(portalPages[page], text(locale, 'action.openPortal'), 'positive');
}

/** To our page for a stronger sign-in. */
export function stepUpAction(locale: Locale, stepUpUrl: string): CardElement {
  return openUrlAction(stepUpUrl, text(locale, 'action.continueInBrowser'), 'positive');
}
