import { send } from '../helpers/stand-ins/entra-https.ts';
import type { FakePerson, ShownCard } from '../helpers/fake-teams.ts';
import type { InvokeAnswer } from '../helpers/fake-teams-invoke-answer.ts';
import type { Production } from '../helpers/stand-ins/production.ts';

/** A role of Alex's that only their own list of roles has. */
export const alexRole = 'Website Contributor Resource group rg-web';

/** Longer than the bot waits for anybody. */
const patienceMs = 15_000;

/** The card that the work brings: one that was there before is none. */
export async function newCard(person: FakePerson, work: () => Promise<unknown>, what: string | ((card: ShownCard) => boolean)): Promise<ShownCard> {
  const before = new Set(person.cards().map(({ activityId }) => activityId));
  await work();
  return person.waitForCard((card) => !before.has(card.activityId) && (typeof what === 'string' ? card.has(what) : what(card)), patienceMs);
}

export function typesAndSees(person: FakePerson, text: string, what: string | ((card: ShownCard) => boolean)): Promise<ShownCard> {
  return newCard(person, () => person.types(text), what);
}

/** Calls to Entra that traded somebody's sign-in for a token; the bot's own are none of them. */
export function onBehalfOfCalls({ entra }: Production): number {
  return entra.requests.filter(({ grant }) => grant === 'on_behalf_of').length;
}

/** Sign-ins by single sign-on that the token service was asked for. */
export function exchanges({ tokenService }: Production): number {
  return tokenService.requests.filter(({ path }) => path.endsWith('/exchange')).length;
}

/** Nobody is signed in, nothing is broken, and everybody behaves as they should. */
export function asAtTheStart({ entra, tokenService, habits, seed }: Production, ...people: readonly FakePerson[]): void {
  entra.fault = 'none';
  entra.consent = true;
  tokenService.fault = 'none';
  tokenService.exchanges = true;
  habits.withoutSso.clear();
  habits.account.clear();
  for (const { id } of seed.people) entra.demand(id, null);
  for (const { account } of people) tokenService.forget(account.mri);
}

/** What a client sends that is none of Teams'. */
export function sendsInvoke(person: FakePerson, name: string, value: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
  return person.sends({ type: 'invoke', name, text: undefined, attachments: undefined, value });
}

export function shownIn({ value }: InvokeAnswer): string {
  return JSON.stringify(value);
}

/** Asks the local PIM service itself: its clock, its faults. */
export async function tellPim({ emulator }: Production, path: string, body: object): Promise<void> {
  const { status, text } = await send(`${emulator.origin}${path}`, { ca: emulator.caPem, json: body });
  if (status >= 300) throw new Error(`the local PIM service answered ${status}: ${text}`);
}

/** Where the card's buttons lead. */
export function linksOf({ json }: ShownCard): readonly string[] {
  return [...JSON.stringify(json).matchAll(/"type":"Action\.OpenUrl"[^{}]*?"url":"([^"]+)"/gu)].map(([, url = '']) => url);
}
