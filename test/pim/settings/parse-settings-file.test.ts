import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseSettings, parseSettingsFile } from '../../../src/pim/settings/parse-settings-file.ts';
import type { SettingsReading } from '../../../src/pim/settings/parse-settings-file.ts';
import { faultInWords } from '../../../src/pim/settings/settings-fault.ts';

const megan = 'a1e00000-0000-4000-8000-000000000002';
const leads = 'b2e00000-0000-4000-8000-000000000001';
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';

const wordsOf = (reading: SettingsReading<unknown>): readonly string[] => (reading.ok ? [] : reading.faults.map(faultInWords));
const faultsIn = (text: string): readonly string[] => wordsOf(parseSettings(text));

const entry = (change: object = {}): object => ({ kind: 'azure', role: 'Contributor', scope: production, settings: { elevationDuration: 'PT2H' }, ...change });
const fileOf = (...entries: object[]): string => JSON.stringify({ roles: entries });

describe('the settings of one role', () => {
  it('are read as the document has them', () => {
    const text = `{ "elevationDuration": "PT2H", "notificationToUserOnElevation": true, "ticketingInfoOnElevation": false,
      "mfaOnElevation": true, "approvalOnElevation": true, "approverIds": ["${megan.toUpperCase()}", "${leads}"] }`;
    expect(parseSettings(text)).toMatchObject({
      ok: true, form: 'settings',
      settings: {
        change: {
          elevationDuration: 'PT2H', notificationToUserOnElevation: true, ticketingInfoOnElevation: false, mfaOnElevation: true,
          approvalOnElevation: true, approverIds: [megan, leads],
        },
        readOnly: {}, roundedFrom: null,
      },
    });
  });

  it('may be a few of them: what is not named is not there', () => {
    const reading = parseSettings('{"mfaOnElevation": true}');
    expect(reading.ok && reading.form === 'settings' && reading.settings.change).toEqual({ mfaOnElevation: true });
  });

  it('tell when the duration was rounded, and not when it was only written in another way', () => {
    for (const [given, change, roundedFrom] of [['PT50M', 'PT1H', 'PT50M'], ['PT120M', 'PT2H', null], ['PT2H', 'PT2H', null]]) {
      expect(parseSettings(JSON.stringify({ elevationDuration: given }))).toMatchObject({ settings: { change: { elevationDuration: change }, roundedFrom } });
    }
  });

  it('may carry the five that are never written, apart from those that are; the longest in either spelling', () => {
    const given = { id: 'x', isMfaOnElevationConfigurable: false, lastGlobalAdmin: false, minElevationDuration: 'PT30M' };
    for (const spelling of ['maxElavationDuration', 'maxElevationDuration']) {
      expect(parseSettings(JSON.stringify({ ...given, [spelling]: 'P3DT2H' }))).toMatchObject({
        settings: { change: {}, readOnly: { ...given, maxElavationDuration: 'P3DT2H' } },
      });
    }
  });

  it.each<[string, readonly string[]]>([
    ['{\n  "elevationDuratoin": "PT2H"\n}', ['line 2, column 3, elevationDuratoin: there is no field elevationDuratoin. Did you mean elevationDuration?']],
    ['{"MFAONELEVATION": true}', ['line 1, column 2, MFAONELEVATION: there is no field MFAONELEVATION. Did you mean mfaOnElevation?']],
    ['{\n  "mfaOnElevation": "yes",\n  "approvalOnElevation": 1\n}', [
      'line 2, column 3, mfaOnElevation: this must be true or false, found "yes".',
      'line 3, column 3, approvalOnElevation: this must be true or false, found 1.',
    ]],
    ['{"elevationDuration": 2}', ['line 1, column 2, elevationDuration: this must be a text, found 2.']],
    ['{"elevationDuration": null}', ['line 1, column 2, elevationDuration: this must be a text, found null.']],
    ['{\n "elevationDuration":\n "PT75H"}', ['line 2, column 2, elevationDuration: Elavation duration should be between 0.5 and 74']],
    ['{"elevationDuration": "P1W"}', ['line 1, column 2, elevationDuration: "P1W" has other units than days, hours and minutes. Write for example "PT2H" or "P1DT6H".']],
    ['{"elevationDuration": "2h"}', ['line 1, column 2, elevationDuration: "2h" is no ISO 8601 duration. Write for example "PT2H" or "PT1H30M".']],
    ['{"approverIds": "x"}', ['line 1, column 2, approverIds: this must be a list, found "x".']],
    [`{"approverIds": [\n"XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX",\n"${megan}",\n"${megan.toUpperCase()}"]}`, [
      'line 2, column 1, approverIds[0]: "XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX" is no object id. Write the object id of a user or group, a GUID.',
      `line 4, column 1, approverIds[2]: ${megan.toUpperCase()} is named more than once. Keep one.`,
    ]],
    ['{\n  "approvalOnElevation": true\n}', ['line 2, column 3, approvalOnElevation: approvalOnElevation needs approverIds: name at least one user or group.']],
    ['{"approvalOnElevation": true, "approverIds": []}', []],
    ['{"approvalOnElevation": false}', []],
    ['{"mfaOnElevation": true,\n "mfaOnElevation": false}', ['line 2, column 2, mfaOnElevation: mfaOnElevation is given more than once. Keep one.']],
    ['{"id": 7}', ['line 1, column 2, id: this must be a text, found 7.']],
    ['[]', ['line 1, column 1: this must be an object, found [].']],
    ['"x"', ['line 1, column 1: this must be an object, found "x".']],
    ['{"mfaOnElevation": true', ['line 1, column 24: this is not JSON: a comma or } is expected, but the text ends.']],
  ])('%j are told line and field', (text, words) => {
    expect(faultsIn(text)).toEqual(words);
  });

  it('are quoted in a fault no longer than a line', () => {
    expect(faultsIn(JSON.stringify({ mfaOnElevation: 'x'.repeat(5000) }))[0]?.length).toBeLessThan(200);
  });
});

describe('a file of roles', () => {
  it('names kind, role, scope and settings of each', () => {
    const reading = parseSettings(fileOf(
      entry({ roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c', scopeName: 'Production' }),
      entry({ kind: 'entra', role: 'User Administrator', scope: '/' }),
      entry({ kind: 'group', role: 'member', scope: leads, settings: {} }),
    ));
    expect(reading).toMatchObject({
      ok: true, form: 'roles',
      entries: [
        { kind: 'azure', role: 'Contributor', roleId: 'b24988ac-6180-42a0-ab88-20f7382dd24c', scope: production, change: { elevationDuration: 'PT2H' } },
        { kind: 'entra', role: 'User Administrator', roleId: null, scope: '/' },
        { kind: 'group', role: 'member', scope: leads, change: {} },
      ],
    });
  });

  it('tells every entry\'s faults, in the order of the text', () => {
    const text = `{ "roles": [
      { "kind": "azur", "role": "Reader", "scope": "/x", "settings": {} },
      { "kind": "azure", "scope": "${production}",
        "settings": { "ticketOnElevation": true } },
      { "kind": "azure", "role": "Reader", "scope": "Production", "settings": { "elevationDuration": "PT0M" } },
      7
    ] }`;
    expect(faultsIn(text)).toEqual([
      'line 2, column 9, roles[0].kind: this must be "azure" or "entra" or "group".',
      'line 3, column 7, roles[1].role: role is missing.',
      expect.stringMatching(/^line 4, column 23, roles\[1\]\.settings\.ticketOnElevation: there is no field ticketOnElevation\. /),
      'line 5, column 81, roles[2].settings.elevationDuration: Elavation duration should be between 0.5 and 74',
      'line 6, column 7, roles[3]: this must be an object, found 7.',
    ]);
  });

  it.each<[object, string]>([
    [{ scope: 'Production' }, 'is no scope: write an Azure path such as'],
    [{ scope: '/' }, 'is no scope'],
    [{ kind: 'entra', scope: production }, 'is no scope: write "/" for the directory'],
    [{ kind: 'group', role: 'member', scope: 'Ops leads' }, 'is no scope: write the object id of the group'],
    [{ kind: 'group', role: 'admin', scope: leads }, 'role: this must be "member" or "owner".'],
    [{ role: '' }, 'role: '],
    [{ setings: {} }, 'Did you mean settings?'],
  ])('refuses %j', (change, words) => {
    expect(faultsIn(fileOf(entry(change)))[0]).toContain(words);
  });

  it('has each role at a scope once, by whatever spelling', () => {
    const again = entry({ role: 'contributor', scope: `${production.toUpperCase()}/` });
    expect(faultsIn(fileOf(entry(), entry({ role: 'Reader' }), again))).toEqual([expect.stringContaining('roles[2].settings: this role is already there for this scope.')]);
    expect(faultsIn(fileOf(entry(), entry({ scope: `${production}/resourceGroups/rg` })))).toEqual([]);
  });

  it('knows where each setting stands, for faults that are found later', () => {
    const reading = parseSettings(`{ "roles": [\n${JSON.stringify(entry({ settings: { approvalOnElevation: true, approverIds: [megan, leads] } }))} ] }`);
    const place = reading.ok && reading.form === 'roles' ? reading.entries[0]?.place : undefined;
    expect(place?.('approvalOnElevation')).toEqual({ field: 'roles[0].settings.approvalOnElevation', at: { line: 2, column: 112 } });
    expect(place?.('mfaOnElevation')).toEqual({ field: 'roles[0].settings.mfaOnElevation', at: { line: 2, column: 100 } });
  });

  it('knows where each approver stands, in whatever order and letters they are read', () => {
    const reading = parseSettings(`{ "roles": [\n${JSON.stringify(entry({ settings: { approverIds: [leads.toUpperCase(), megan] } }), null, 1)} ] }`);
    const [read] = reading.ok && reading.form === 'roles' ? reading.entries : [];
    expect(read?.change.approverIds).toEqual([megan, leads]);
    expect(read?.placeOfApprover(leads)).toEqual({ field: 'roles[0].settings.approverIds[0]', at: { line: 8, column: 4 } });
    expect(read?.placeOfApprover(megan)).toEqual({ field: 'roles[0].settings.approverIds[1]', at: { line: 9, column: 4 } });
  });

  it('may say more of a role, where whoever reads it knows what', () => {
    const extra = z.object({ approvalsRequired: z.int().min(1).max(5).optional(), ticketPattern: z.record(z.string(), z.string()).optional() });
    const read = (change: object) => parseSettingsFile(fileOf(entry(change)), extra);
    expect(read({ approvalsRequired: 2, ticketPattern: { ServiceNow: 'INC\\d+' } })).toMatchObject({ entries: [{ extra: { approvalsRequired: 2, ticketPattern: { ServiceNow: 'INC\\d+' } } }] });
    expect(wordsOf(read({ approvalsRequired: 6 }))[0]).toMatch(/^line 1, column \d+, roles\[0\]\.approvalsRequired: /);
    expect(wordsOf(read({ approvalsRequired: '2' }))[0]).toContain('approvalsRequired: this must be a number, found "2".');
    expect(wordsOf(read({ ticketPatern: {} }))[0]).toContain('Did you mean ticketPattern?');
    expect(faultsIn(fileOf(entry({ approvalsRequired: 2 })))[0]).toContain('there is no field approvalsRequired.');
    expect(wordsOf(parseSettingsFile('{"mfaOnElevation": true}', extra))[0]).toBe('line 1, column 1, roles: roles is missing.');
  });
});
