import type { PlaygroundPerson } from '../../src/dev/playground-config.ts';
import type { PlaygroundOptions } from '../../src/dev/playground.ts';

const names = ['Alex Wilber', 'Megan Bowen', 'Nestor Wilke', 'Lee Gu', 'Diego Siciliani', 'Grady Archie'];

export const people: readonly PlaygroundPerson[] = names.map((name, index) => ({
  id: `a1e00000-0000-4000-8000-00000000000${index + 1}`,
  name,
  userPrincipalName: `${name.split(' ').join('.').toLowerCase()}@contoso.example`,
}));

const [alex, ...everybodyElse] = people;

/** The window of Alex, on a free port, towards a bot that is not there; and what the test says otherwise. */
export function playgroundOptions(changed: Partial<PlaygroundOptions> & { readonly folder: string }): PlaygroundOptions {
  if (alex === undefined) throw new Error('there are no people');
  return {
    tenantId: 'd4e00000-0000-4000-8000-000000000001',
    botName: 'PIM',
    person: alex,
    others: everybodyElse,
    port: 0,
    botUrl: 'http://127.0.0.1:9',
    ...changed,
  };
}
