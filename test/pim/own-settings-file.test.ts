import { describe, expect, it } from 'vitest';
import { readOwnSettings } from '../../src/pim/own-settings-file.ts';

// Guards: `readOwnSettings`, `extras`, `isPattern` and `isLink` (src/pim/own-settings-file.ts).

const megan = 'a1e00000-0000-4000-8000-000000000002';
const leads = 'b2e00000-0000-4000-8000-000000000001';
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';

/** Each member of the entry has a line of its own: `settings` is in line 6, further members follow from line 7. */
function fileOf({ settings = { elevationDuration: 'PT1H' }, ...more }: { readonly settings?: object } & Readonly<Record<string, unknown>> = {}): string {
  const members = Object.entries({ settings, ...more }).map(([name, value]) => `,\n"${name}": ${JSON.stringify(value)}`);
  return `{ "roles": [\n{\n"kind": "azure",\n"role": "Contributor",\n"scope": "${production}"${members.join('')}\n} ] }`;
}

function faultsIn(text: string): readonly string[] {
  const read = readOwnSettings(text);
  return read.ok ? [] : read.faults;
}

const ticket = { system: 'ServiceNow', pattern: 'INC\\d+' };
const link = 'https://contoso.example/tickets/{number}';
const one = 'line 7, column 1, roles[0].';
const linkFault = /^line 7, column \d+, roles\[0\]\.tickets\[0\]\.link: must be an https address with \{number\} in it$/u;
const patternFault = /^line 7, column \d+, roles\[0\]\.tickets\[0\]\.pattern: must be a regular expression, such as /u;

describe('a file of our own settings', () => {
  it.each<[string, string, string | RegExp]>([
    ['no approval', fileOf({ approvalsRequired: 0 }), `${one}approvalsRequired: must be 1 to 5`],
    ['six approvals', fileOf({ approvalsRequired: 6 }), `${one}approvalsRequired: must be 1 to 5`],
    ['half an approval', fileOf({ approvalsRequired: 1.5 }), `${one}approvalsRequired: this must be a whole number, found 1.5.`],
    ['approvals in words', fileOf({ approvalsRequired: 'two' }), `${one}approvalsRequired: this must be a number, found "two".`],
    ['a pattern that is no regular expression', fileOf({ tickets: [{ ...ticket, pattern: '(' }] }), patternFault],
    ['a pattern that would close its own frame', fileOf({ tickets: [{ ...ticket, pattern: 'a)|(b' }] }), patternFault],
    ['an empty pattern', fileOf({ tickets: [{ ...ticket, pattern: '' }] }), patternFault],
    ['a ticket system without a name', fileOf({ tickets: [{ ...ticket, system: ' ' }] }), /^line 7, column \d+, roles\[0\]\.tickets\[0\]\.system: must name the ticket system$/u],
    ['a ticket without its pattern', fileOf({ tickets: [{ system: 'ServiceNow' }] }), /^line 7, column \d+, roles\[0\]\.tickets\[0\]\.pattern: pattern is missing\.$/u],
    ['a link without {number}', fileOf({ tickets: [{ ...ticket, link: 'https://contoso.example/tickets/' }] }), linkFault],
    ['a plain http link', fileOf({ tickets: [{ ...ticket, link: link.replace('https', 'http') }] }), linkFault],
    ['a script as a link', fileOf({ tickets: [{ ...ticket, link: 'javascript:open({number})' }] }), linkFault],
    ['a link with a user', fileOf({ tickets: [{ ...ticket, link: 'https://admin@contoso.example/{number}' }] }), linkFault],
    ['a link that is no address', fileOf({ tickets: [{ ...ticket, link: 'contoso.example/{number}' }] }), linkFault],
    ['an unknown member of a ticket', fileOf({ tickets: [{ ...ticket, url: link }] }), /^line 7, column \d+, roles\[0\]\.tickets\[0\]\.url: there is no field url\. /u],
    ['somebody to escalate to who has no id', fileOf({ escalateTo: [leads, 'Ops leads'] }), /^line 7, column \d+, roles\[0\]\.escalateTo\[1\]: must be the object id of a user or group, a GUID$/u],
    ['approval without a list', fileOf({ settings: { approvalOnElevation: true } }), /^line 6, column 14, roles\[0\]\.settings\.approvalOnElevation: approvalOnElevation needs approverIds: /u],
    ['approval with an empty list', fileOf({ settings: { approvalOnElevation: true, approverIds: [] } }), /^line 6, column 14, roles\[0\]\.settings\.approvalOnElevation: approvalOnElevation needs approverIds: /u],
    ['a list without approval', fileOf({ settings: { approverIds: [leads] } }), /^line 6, column 14, roles\[0\]\.settings\.approverIds: approverIds has no effect without "approvalOnElevation": true\. Add it, or remove the list\.$/u],
    ['a list with no approval', fileOf({ settings: { approvalOnElevation: false, approverIds: [leads] } }), /roles\[0\]\.settings\.approverIds: approverIds has no effect without/u],
    ['an approver by name', fileOf({ settings: { approvalOnElevation: true, approverIds: ['Megan'] } }), /^line 6, column \d+, roles\[0\]\.settings\.approverIds\[0\]: "Megan" is no object id\./u],
    ['too long a time', fileOf({ settings: { elevationDuration: 'PT75H' } }), /^line 6, column 14, roles\[0\]\.settings\.elevationDuration: Elavation duration should be between 0\.5 and 74$/u],
    ['an unknown member', fileOf({ approvalRequired: 2 }), `${one}approvalRequired: there is no field approvalRequired. Did you mean approvalsRequired?`],
    ['an unknown setting', fileOf({ settings: { mfaOnActivation: true } }), /^line 6, column 14, roles\[0\]\.settings\.mfaOnActivation: there is no field mfaOnActivation\./u],
    ['an unknown member beside the roles', '{\n"roles": [],\n"role": []\n}', /^line 3, column 1, role: there is no field role\. Did you mean roles\?$/u],
    ['no JSON', '{ "roles": [\n{ "kind": "azure", }\n] }', /^line 2, column 20: this is not JSON: /u],
    ['a secret in place of settings (promise 17)', 'q8Q~aVerySecretValue', /^line 1, column 1: this is not JSON: [a-z ]+, found something else\.$/u],
    ['an empty text', '', 'line 1, column 1: this is not JSON: a value is expected, but the text ends.'],
  ])('with %s is refused, with line and field', (_, text, fault) => {
    expect(faultsIn(text)).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
  });

  it('is no settings of one role', () => {
    expect(faultsIn('{\n"mfaOnElevation": true\n}')).toEqual(['line 1, column 1, roles: roles is missing.', 'line 2, column 1, mfaOnElevation: there is no field mfaOnElevation. Known are roles.']);
  });

  it('is refused with the faults of all its entries', () => {
    const entry = { kind: 'azure', role: 'Contributor', scope: production, settings: { approvalOnElevation: true, approverIds: [] } };
    const other = { ...entry, role: 'Reader', settings: { approverIds: [leads] } };
    expect(faultsIn(JSON.stringify({ roles: [entry, other] }))).toEqual([expect.stringContaining('roles[0].settings.approvalOnElevation: '), expect.stringContaining('roles[1].settings.approverIds: ')]);
  });

  it('is read as it says', () => {
    const settings = { elevationDuration: 'PT1H50M', notificationToUserOnElevation: true, ticketingInfoOnElevation: true, mfaOnElevation: true, approvalOnElevation: true, approverIds: [megan.toUpperCase(), leads] };
    const tickets = [{ ...ticket, link }, { system: ' Jira ', pattern: '[A-Z]+-\\d+' }];
    expect(readOwnSettings(fileOf({ settings, approvalsRequired: 5, tickets, escalateTo: [leads] }))).toEqual({ ok: true, entries: [{
      role: 'Contributor', scope: expect.objectContaining({ id: production, type: 'subscription' }), maximumMinutes: 120, notifiesAdministrators: true, ticketRequired: true, mfaRequired: true,
      approverIds: [megan, leads], approvalsRequired: 5, tickets: [{ ...ticket, link }, { system: 'Jira', pattern: '[A-Z]+-\\d+', link: null }], escalateTo: [leads],
    }] });
  });

  it('asks for nothing that it does not name, or that it names as false', () => {
    const nothing = { maximumMinutes: null, notifiesAdministrators: false, ticketRequired: false, mfaRequired: false, approverIds: null, approvalsRequired: 1, tickets: [], escalateTo: [] };
    for (const settings of [{}, { notificationToUserOnElevation: false, ticketingInfoOnElevation: false, mfaOnElevation: false, approvalOnElevation: false }]) {
      expect(readOwnSettings(fileOf({ settings }))).toMatchObject({ ok: true, entries: [nothing] });
    }
    expect(readOwnSettings('{ "roles": [] }')).toEqual({ ok: true, entries: [] });
  });

  it('may be about each kind of role, by its id where that is given', () => {
    const roleId = 'fe930be7-5e62-47db-91af-98c3a49a38b1';
    const unit = '/administrativeUnits/f6e00000-0000-4000-8000-000000000001';
    const entries = [
      { kind: 'azure', role: 'Reader', scope: `${production}/resourceGroups/rg-app` }, { kind: 'entra', role: 'User Administrator', roleId, scope: '/' },
      { kind: 'entra', role: 'User Administrator', roleId, scope: unit }, { kind: 'group', role: 'member', scope: leads },
    ].map((entry) => ({ ...entry, settings: { mfaOnElevation: true } }));
    const read = readOwnSettings(JSON.stringify({ roles: entries }));
    expect(read.ok && read.entries.map(({ role, scope }) => [role, scope.id, scope.type])).toEqual([
      ['Reader', `${production}/resourceGroups/rg-app`, 'resourceGroup'], [roleId, '/', 'directory'], [roleId, unit, 'administrativeUnit'], ['member', leads, 'group'],
    ]);
  });
});
