import { describe, expect, it } from 'vitest';
import type { Ticket } from '../../src/pim/model.ts';
import { meetsTicketRules, ticketForms, ticketLink, type TicketRule } from '../../src/pim/own-settings.ts';

// Guards: `ticketLink`, `meetsTicketRules` and `ticketForms` (src/pim/own-settings.ts). What entries ask for is in promise 30's test.

const serviceNow: TicketRule = { system: 'ServiceNow', pattern: 'INC\\d+', link: 'https://contoso.example/tickets/{number}' };
const jira: TicketRule = { system: 'Jira', pattern: '[A-Z]+-\\d+', link: null };
const later: TicketRule = { ...jira, link: 'https://jira.contoso.example/browse/{number}?ticket={number}' };

describe('promise 30: a ticket', () => {
  it.each<[string, readonly (readonly TicketRule[])[], Ticket, string | null]>([
    ['of a system with a link', [[jira, serviceNow]], { number: 'INC17', system: 'ServiceNow' }, 'https://contoso.example/tickets/INC17'],
    ['of that system in other letters, with blanks around it', [[serviceNow]], { number: ' INC17 ', system: ' servicenow ' }, 'https://contoso.example/tickets/INC17'],
    ['whose number has what an address gives a meaning to', [[serviceNow]], { number: 'INC17/1?x=1#y&%', system: 'ServiceNow' }, 'https://contoso.example/tickets/INC17%2F1%3Fx%3D1%23y%26%25'],
    ['whose number looks like a place to be filled', [[serviceNow]], { number: '{number}', system: 'ServiceNow' }, 'https://contoso.example/tickets/%7Bnumber%7D'],
    ['whose number looks like a part that was found', [[serviceNow]], { number: 'INC$&', system: 'ServiceNow' }, 'https://contoso.example/tickets/INC%24%26'],
    ['whose link has its number twice', [[later]], { number: 'OPS-7', system: 'Jira' }, 'https://jira.contoso.example/browse/OPS-7?ticket=OPS-7'],
    ['whose link is another entry\'s', [[jira], [later]], { number: 'OPS-7', system: 'Jira' }, 'https://jira.contoso.example/browse/OPS-7?ticket=OPS-7'],
    ['of another system', [[serviceNow]], { number: 'INC17', system: 'Remedy' }, null],
    ['of a system whose name is only a part', [[serviceNow]], { number: 'INC17', system: 'Service' }, null],
    ['of a system without a link', [[jira, serviceNow]], { number: 'OPS-7', system: 'Jira' }, null],
    ['that nobody has a rule for', [], { number: 'INC17', system: 'ServiceNow' }, null],
  ])('%s is read at its own address, or at none', (_, lists, ticket, url) => {
    expect(ticketLink(lists, ticket)).toBe(url);
  });

  it.each<[string, readonly (readonly TicketRule[])[], Ticket, boolean]>([
    ['of its system\'s form', [[jira, serviceNow]], { number: 'INC17', system: 'ServiceNow' }, true],
    ['with blanks around its number', [[serviceNow]], { number: ' INC17 ', system: 'SERVICENOW' }, true],
    ['with more before it', [[serviceNow]], { number: 'xINC17', system: 'ServiceNow' }, false],
    ['with more behind it', [[serviceNow]], { number: 'INC17x', system: 'ServiceNow' }, false],
    ['with one of two forms behind it', [[{ ...serviceNow, pattern: 'INC|CHG' }]], { number: 'INC-CHG', system: 'ServiceNow' }, false],
    ['with letters of another script', [[{ ...jira, system: ' Jira ', pattern: '\\p{Lu}+-\\d' }]], { number: 'ÄB-1', system: 'JIRA' }, true],
    ['without a number', [[serviceNow]], { number: '', system: '' }, false],
    ['known to one rule of each list', [[serviceNow], [jira, serviceNow]], { number: 'INC17', system: 'ServiceNow' }, true],
    ['in other letters', [[serviceNow]], { number: 'inc17', system: 'ServiceNow' }, false],
    ['of another system\'s form', [[jira, serviceNow]], { number: 'INC17', system: 'Jira' }, false],
    ['that only one of two lists knows', [[serviceNow], [jira]], { number: 'INC17', system: 'ServiceNow' }, false],
    ['where there is no list', [], { number: 'x', system: 'y' }, true],
  ])('%s meets every list, or does not', (_, lists, ticket, meets) => {
    expect(meetsTicketRules(lists, ticket)).toBe(meets);
  });

  it('has its forms told once each', () => {
    expect(ticketForms([[serviceNow, jira], [jira]])).toBe('ServiceNow: INC\\d+; Jira: [A-Z]+-\\d+');
  });
});
