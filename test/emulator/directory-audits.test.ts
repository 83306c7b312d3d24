import { GraphError } from '@microsoft/microsoft-graph-client';
import type { Client } from '@microsoft/microsoft-graph-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seed.ts';
import { EmulatorClient, at, text } from './emulator-client.ts';
import type { Subject } from './emulator-client.ts';
import { graphClient } from './graph-client.ts';
import { alex, diego, lee, megan, nestor, production, rgApp, roleIds, seed } from './people.ts';

/** The Entra audit log of PIM through Microsoft's own Graph client. */

const auditSeed: Seed = {
  ...seed,
  apps: [...(seed.apps ?? []), { id: '99999999-0000-4000-8000-000000000001', name: 'auditor', permissions: ['AuditLog.Read.All'] }],
  administrators: [
    ...(seed.administrators ?? []),
    { kind: 'entra', principalId: diego },
    { kind: 'entra', principalId: lee, role: 'User Administrator' },
  ],
  assigned: [{ kind: 'entra', principalId: megan, role: 'Security Reader', scope: '/' }],
};

let control: EmulatorClient;
beforeAll(async () => {
  control = await EmulatorClient.start({ seed: auditSeed });
});
beforeEach(() => control.reset());
afterAll(() => control[Symbol.asyncDispose]());

const path = '/auditLogs/directoryAudits';
const as = (subject: Subject): Client => graphClient(control, subject);
const auditor = (): Client => as({ app: 'auditor' });
const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;

async function entries(filter: string): Promise<readonly unknown[]> {
  const body: unknown = await auditor().api(path).filter(filter).orderby('activityDateTime').get();
  return [at(body, 'value')].flat();
}

const names = (found: readonly unknown[]): readonly string[] => found.map((entry) => text(entry, 'activityDisplayName'));

describe('directoryAudits', () => {
  it("tell an approved activation by the audit log's names, and who did what", async () => {
    const wish = { role: 'Contributor', scope: rgApp, principalId: alex, name: '99999999-0000-4000-8000-00000000000a' } as const;
    await control.person(alex).activate(wish);
    await control.person(megan).decide(wish.name, 'Approve');
    await control.advance('PT1H');
    const found = await entries("loggedByService eq 'PIM' and category eq 'ResourceManagement'");
    expect(names(found)).toEqual([
      'Add member to role requested (PIM activation)',
      'Add member to role approval requested (PIM activation)',
      'Add member to role request approved (PIM activation)',
      'Add member to role completed (PIM activation)',
      'Remove member from role (PIM activation expired)',
    ]);
    expect(found[2]).toMatchObject({
      loggedByService: 'PIM',
      category: 'ResourceManagement',
      result: 'success',
      resultReason: 'because',
      correlationId: wish.name,
      operationType: 'Assign',
      initiatedBy: { app: null, user: { id: megan, displayName: 'Megan Bowen', userPrincipalName: 'megan@contoso.example' } },
      targetResources: [
        { type: 'Role', id: roleIds.Contributor, displayName: 'Contributor' },
        { type: 'Request', id: wish.name },
        { type: 'User', id: alex, displayName: 'Alex Wilber', userPrincipalName: 'alex@contoso.example' },
        { type: 'ResourceGroup', id: rgApp },
      ],
    });
    expect(at(found[4], 'initiatedBy')).toMatchObject({ user: null, app: { displayName: 'Azure AD PIM' } });
  });

  it('are found by time, by name and by who, and counted', async () => {
    await control.person(alex).activate(reader);
    const [first] = await entries("loggedByService eq 'PIM'");
    const began = text(first, 'activityDateTime');
    await control.advance('PT30M');
    expect(names(await entries(`activityDateTime gt ${began}`))).toEqual(['Remove member from role (PIM activation expired)']);
    expect(await entries(`activityDateTime ge ${began} and activityDateTime le ${began}`)).toHaveLength(2);
    expect(names(await entries("startswith(activityDisplayName,'Remove member')"))).toEqual(['Remove member from role (PIM activation expired)']);
    expect(await entries("activityDisplayName eq 'Add member to role completed (PIM activation)'")).toHaveLength(1);
    expect(await entries(`initiatedBy/user/id eq '${alex}'`)).toHaveLength(2);
    expect(await entries("loggedByService eq 'Core Directory'")).toEqual([]);
    expect(await entries("category eq 'RoleManagement'")).toEqual([]);
  });

  it('come the newest first, by pages', async () => {
    await control.person(alex).activate(reader);
    await control.advance('PT30M');
    const page: unknown = await auditor().api(path).top(1).get();
    expect(names([at(page, 'value')].flat())).toEqual(['Remove member from role (PIM activation expired)']);
    const next: unknown = await auditor().api(text(page, '@odata.nextLink')).get();
    expect(names([at(next, 'value')].flat())).toEqual(['Add member to role completed (PIM activation)']);
    const one: unknown = await auditor().api(`${path}/${text(next, 'value', 0, 'id')}`).get();
    expect(one).toMatchObject({ activityDisplayName: 'Add member to role completed (PIM activation)' });
  });

  it.each([
    ['an application with AuditLog.Read.All', { app: 'auditor' }, 'answered'],
    ['a Privileged Role Administrator', { user: diego }, 'answered'],
    ['a Security Reader', { user: megan }, 'answered'],
    ['an application without it', { app: 'pim-bot' }, '403 Authorization_RequestDenied'],
    ['a person without a role', { user: alex }, '403 Authorization_RequestDenied'],
    ['an administrator of Azure only', { user: nestor }, '403 Authorization_RequestDenied'],
    ['an administrator of something else', { user: lee }, '403 Authorization_RequestDenied'],
  ] satisfies readonly (readonly [string, Subject, string])[])('%s: %j → %s', async (_, subject, expected) => {
    const outcome = await as(subject)
      .api(path)
      .get()
      .then(
        () => 'answered',
        (error: unknown) => (error instanceof GraphError ? `${error.statusCode} ${error.code}` : String(error)),
      );
    expect(outcome).toBe(expected);
  });
});
