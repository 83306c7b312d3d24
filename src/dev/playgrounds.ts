import path from 'node:path';
import type { ChannelSettings } from '../bot/announce-channel.ts';
import type { Seed, SeedPerson } from '../emulator/seed.ts';
import { channelIdOf, othersInAWindow, type PlaygroundPerson } from './playground-config.ts';
import { serviceUrlAt, startPlayground, type Playground } from './playground.ts';
import type { DevSettings } from './settings.ts';

export interface Playgrounds {
  /** In the order of the settings. */
  readonly people: readonly { readonly name: string; readonly url: string }[];
  close(): Promise<void>;
}

/**
 * Opens one window for each person of `settings.people`, all at once. `botUrl` is without the path.
 * @throws {Error} one sentence: the seed does not know a person, or why a window did not start; then none stays open
 */
export async function startPlaygrounds(settings: DevSettings, seed: Seed, botUrl: string): Promise<Playgrounds> {
  const people = peopleOf(settings, seed);
  const folders = folderNames(people);
  const starting = people.map((person, index) => startPlayground({
    folder: path.resolve(settings.dataFolder, 'windows', folders[index] ?? person.id),
    port: settings.playgroundPort === 0 ? 0 : settings.playgroundPort + index,
    botUrl,
    tenantId: seed.tenantId,
    botName: 'PIM',
    person,
    others: othersOf(person, seed),
  }));
  const windows = await allOrNone(starting);
  return {
    people: windows.map(({ url }, index) => ({ name: people[index]?.name ?? '', url })),
    close: () => closeAll(windows),
  };
}

/** Activations are announced in the channel of the first window. `null`: its port is not known beforehand. */
export function channelOfTheFirstWindow(settings: DevSettings, seed: Seed): ChannelSettings | null {
  const [person] = peopleOf(settings, seed);
  if (person === undefined || settings.playgroundPort === 0) return null;
  return { id: channelIdOf(person), serviceUrl: serviceUrlAt(settings.playgroundPort), reader: { locale: 'en', timeZone: 'UTC' } };
}

/** Each once, however often they are named. */
function peopleOf(settings: DevSettings, seed: Seed): readonly SeedPerson[] {
  const people = settings.people.map((name) => {
    const person = seed.people.find(({ userPrincipalName }) => userPrincipalName.toLowerCase() === name.toLowerCase());
    if (person !== undefined) return person;
    const known = seed.people.map(({ userPrincipalName }) => userPrincipalName).join(', ');
    throw new Error(`PLAYGROUND_PEOPLE in env/.env.local names ${name}, whom ${settings.seedFile} does not know; it knows ${known}.`);
  });
  return [...new Set(people)];
}

/** First names; a second Alex gets a number. */
function folderNames(people: readonly SeedPerson[]): readonly string[] {
  const firstNames = people.map(({ name }) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u).find((part) => part !== '') ?? 'person');
  return firstNames.map((name, index) => {
    const before = firstNames.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name}-${before + 1}`;
  });
}

function othersOf(person: SeedPerson, seed: Seed): readonly PlaygroundPerson[] {
  const known: readonly PlaygroundPerson[] = seed.people.filter(({ id }) => id !== person.id);
  return [...known, ...bystanders].slice(0, othersInAWindow);
}

/** They fill a small tenant's windows. The directory does not know them. */
const bystanders: readonly PlaygroundPerson[] = Array.from({ length: othersInAWindow }, (_, index) => ({
  id: `00000000-0000-4000-8000-00000000000${index + 1}`,
  name: `Bystander ${index + 1}`,
  userPrincipalName: `bystander-${index + 1}@playground.invalid`,
}));

async function allOrNone(starting: readonly Promise<Playground>[]): Promise<readonly Playground[]> {
  const outcomes = await Promise.allSettled(starting);
  const windows = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const refusal = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refusal === undefined) return windows;
  await closeAll(windows);
  throw refusal.reason;
}

async function closeAll(windows: readonly Playground[]): Promise<void> {
  await Promise.all(windows.map((window) => window.close()));
}
