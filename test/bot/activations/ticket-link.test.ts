import { expect, it } from 'vitest';
import { approverCard } from '../../../src/bot/activations/show-activation.ts';
import type { BotParts } from '../../../src/bot/parts.ts';
import type { ActivationState } from '../../../src/pim/activation-status.ts';
import type { Ticket } from '../../../src/pim/model.ts';
import { createOwnLayer } from '../../../src/pim/own-layer.ts';
import { opensOf, partsOfType } from '../../cards/card-parts.ts';
import { openDesk, type Desk } from '../approvals/one-request.ts';
import { megan, opsLeads, production } from '../stand-in.ts';

// Guards: `approverCard` (src/bot/activations/show-activation.ts), `ticketLink` (src/pim/own-settings.ts).

const tickets = [{ system: 'ServiceNow', pattern: 'INC\\d+(/\\d+)?', link: 'https://contoso.example/tickets/{number}' }, { system: 'Jira', pattern: '.+', link: null }];

function withTickets({ parts }: Desk): BotParts {
  const entry = {
    role: 'Reader', scope: production, maximumMinutes: null, ticketRequired: false, mfaRequired: false, notifiesAdministrators: false,
    approverIds: [opsLeads.id], approvalsRequired: 1, tickets, escalateTo: [],
  };
  return { ...parts, ownLayer: createOwnLayer({ entries: [entry], clock: parts.clock, listDescendants: async () => [] }) };
}

it.each<[ActivationState, Ticket | null, readonly string[]]>([
  ['held', { number: 'INC17/1', system: 'ServiceNow' }, ['https://contoso.example/tickets/INC17%2F1']],
  ['pending', { number: 'INC17', system: 'servicenow' }, ['https://contoso.example/tickets/INC17']],
  ['held', { number: 'OPS-7', system: 'Jira' }, []],
  ['pending', { number: 'INC17', system: 'Remedy' }, []],
  ['held', null, []],
])('of a request that is %s, with the ticket %j, the approver\'s card opens %j', async (state, ticket, opens) => {
  await using desk = await openDesk();
  const activation = { ...await desk.request(state), ticket };
  const card = await approverCard(withTickets(desk), { locale: 'en', timeZone: 'UTC' }, activation, megan.id);
  expect(opensOf(card)).toEqual(opens);
  expect(partsOfType(card, 'Action.OpenUrl').map(({ title }) => title)).toEqual(opens.map(() => 'Open the ticket'));
});
