import { expect, test } from 'vitest';
import { channelId } from '../helpers/fake-teams.ts';
import { startProduction } from '../helpers/stand-ins/production.ts';
import { typesAndSees } from './production-story.ts';

// On `npm start`'s process, with Teams' own host name in front of the stand-in.

// Guards: `globalServiceUrl` (src/bot/announce-channel.ts) with the first of the hosts, and `AllowedHostsFactory` (src/bot/door/channel-authentication.ts).
test('promise 23: an activation is announced in the configured channel by Teams\' global address, as the bot', async () => {
  await using production = await startProduction({ env: { ANNOUNCE_CHANNEL: channelId, ANNOUNCE_LOCALE: 'ja', ANNOUNCE_TIME_ZONE: 'Asia/Tokyo' } });
  const alex = await production.person('Alex');
  const lee = await production.person('Lee');
  await lee.addsToTeam();
  const form = await typesAndSees(alex, 'activate Website Contributor on rg-web', (card) => card.verbs.includes('activation.submit'));
  await alex.clicks(form, 'activation.submit', { minutes: '30', justification: 'the shop is slow', ticketNumber: 'INC-1', ticketSystem: 'Jira' });
  const inChannel = (): readonly string[] => lee.messagesIn('channel').map(({ text }) => text);
  await expect.poll(inChannel, { timeout: 20_000 }).toEqual([expect.stringMatching(/^Alex Wilber が .+ の Website Contributor をアクティブ化しました \(.+ \(JST\) まで\)。理由: the shop is slow$/u)]);
  const sent = production.teams.requests.filter(({ conversationId }) => conversationId === channelId);
  expect(sent.map(({ path, status }) => [path.startsWith('/teams/v3/conversations/'), status])).toEqual([[true, 201]]);
  expect(production.hostsAsked().filter((host) => host.includes('smba'))).toEqual(['smba.trafficmanager.net']);
});

test('promise 2: what is no channel is refused at the start', async () => {
  await expect(startProduction({ env: { ANNOUNCE_CHANNEL: 'General' } })).rejects.toThrow(/ANNOUNCE_CHANNEL must be the id of a channel/u);
});
