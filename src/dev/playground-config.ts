/** A person as the Playground shows them. */
export interface PlaygroundPerson {
  /** Entra object id. */
  readonly id: string;
  readonly name: string;
  readonly userPrincipalName: string;
}

export interface PlaygroundConfig {
  readonly tenantId: string;
  readonly botName: string;
  /** Who types in the window. */
  readonly person: PlaygroundPerson;
  /** Five others, who are members of its group chat and its team. */
  readonly others: readonly PlaygroundPerson[];
}

/** The name under which the Playground looks for it in the folder it is started in. */
export const configFile = '.m365agentsplayground.yml';
/** The Playground takes no other number. */
export const othersInAWindow = 5;

/**
 * The content of the Playground's settings file: JSON, which is YAML too.
 * @throws {Error} one sentence, when there are not five others
 */
export function playgroundConfig({ tenantId, botName, person, others }: PlaygroundConfig): string {
  if (others.length !== othersInAWindow) throw new Error(`It needs ${othersInAWindow} people besides its owner, not ${others.length}.`);
  const config = {
    version: '0.1.1',
    tenantId,
    bot: { id: '28:pim-bot', name: botName },
    currentUser: userOf(person),
    users: others.map(userOf),
    // The bot tells conversations apart by their id alone, and each window is a Teams of its own.
    personalChat: { id: `personal-${person.id}` },
    groupChat: { id: `group-${person.id}`, name: 'Group chat' },
    team: { id: `team-${person.id}`, name: 'Team', aadGroupId: person.id, channels: [{ id: channelIdOf(person), name: 'Announcements' }] },
  };
  return JSON.stringify(config, null, 2);
}

/** Of the channel in this person's window. */
export function channelIdOf({ id }: { readonly id: string }): string {
  return `channel-${id}`;
}

/** Teams' own form of user ids: `29:` and something; the bot must not take it for the Entra object id. */
function userOf({ id, name, userPrincipalName }: PlaygroundPerson): object {
  const [givenName = name, ...surname] = name.split(' ');
  return {
    id: `29:${id}`,
    name,
    // The Playground's own spelling.
    userPrincipleName: userPrincipalName,
    aadObjectId: id,
    givenName,
    surname: surname.join(' '),
    email: userPrincipalName,
  };
}
