import type { RoleKind } from '../pim/model.ts';
import type { CardElement } from './adaptive-card.ts';
import { text } from './texts.ts';
import type { Locale } from './texts.ts';
import type { ActionStyle } from './verbs.ts';

const pim = 'https://portal.azure.com/#view/Microsoft_Azure_PIMCommon';

/** PIM's pages in the Azure portal. */
export const portalPages = {
  start: `${pim}/CommonMenuBlade/~/quickStart`,
  activate: {
    azure: `${pim}/ActivationMenuBlade/~/azurerbac`,
    entra: `${pim}/ActivationMenuBlade/~/aadmigratedroles`,
    group: `${pim}/ActivationMenuBlade/~/aadgroup`,
  },
  approve: {
    azure: `${pim}/ApproveRequestMenuBlade/~/azurerbac`,
    entra: `${pim}/ApproveRequestMenuBlade/~/aadmigratedroles`,
    group: `${pim}/ApproveRequestMenuBlade/~/aadgroup`,
  },
} as const satisfies { readonly start: string } & Readonly<Record<'activate' | 'approve', Readonly<Record<RoleKind, string>>>>;

/**
 * A button that opens a page in the browser. The address comes from configuration, never from what a person wrote.
 * Throws when it is not https.
 */
export function openUrlAction(url: string, title: string, style: ActionStyle = 'default'): CardElement {
  if (!url.startsWith('https://')) throw new Error('A card opens https addresses only.');
  return { type: 'Action.OpenUrl', title, style, url };
}

/** The way on where this bot has none. */
export function portalAction(locale: Locale, page: string): CardElement {
  return openUrlAction(page, text(locale, 'action.openPortal'), 'positive');
}

/** To our page for a stronger sign-in. */
export function stepUpAction(locale: Locale, stepUpUrl: string): CardElement {
  return openUrlAction(stepUpUrl, text(locale, 'action.continueInBrowser'), 'positive');
}
