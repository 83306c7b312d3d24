import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakePerson } from '../helpers/fake-teams.ts';
import { send } from '../helpers/stand-ins/entra-https.ts';
import { startProduction, type Production } from '../helpers/stand-ins/production.ts';
import { newPostgresDatabase } from '../helpers/test-store.ts';

// `npm start`'s process with its default host names; behind each name stands a stand-in over TLS.

const roles = 'Website Contributor Resource group rg-web';
const exchanges = ({ tokenService }: Production): number => tokenService.requests.filter(({ path }) => path.endsWith('/exchange')).length;

async function seesRoles(person: FakePerson): Promise<void> {
  const shown = person.messages.length;
  await person.types('roles');
  await person.waitForCard((card) => card.has(roles) && person.messages.findIndex(({ activityId }) => activityId === card.activityId) >= shown);
}

describe('production with a managed identity', () => {
  let production: Production;
  let alex: FakePerson;

  beforeAll(async () => { production = await startProduction(); });
  afterAll(() => production[Symbol.asyncDispose]());
  beforeEach(async () => {
    alex = await production.person('Alex');
    production.tokenService.forget(alex.account.mri);
    production.habits.withoutSso.clear();
    production.habits.account.clear();
  });

  test('answers a signed message', async () => {
    await alex.types('help');
    expect((await alex.waitForCard('What you can type')).has('sign out')).toBe(true);
  });

  test('signs somebody who asks for their roles in without a click, and shows the roles', async () => {
    const before = exchanges(production);
    await seesRoles(alex);
    expect(alex.signInButton).toBeNull();
    expect(exchanges(production)).toBe(before + 1);
    expect(production.tokenService.tokensOf(alex.account.mri)).toHaveLength(1);
    await seesRoles(alex);
    expect(exchanges(production)).toBe(before + 1);
  });

  test('signs somebody in by the button where Teams cannot do it alone', async () => {
    production.habits.withoutSso.add(alex.account.aadObjectId);
    await alex.types('roles');
    await alex.waitForSignInButton();
    expect(await alex.signsIn()).toMatchObject({ status: 200 });
    await alex.waitForCard(roles);
  });

  test('carries out a click that needs a sign-in first', async () => {
    await seesRoles(alex);
    production.tokenService.forget(alex.account.mri);
    const before = exchanges(production);
    const answer = await alex.clicks(await alex.waitForCard('Welcome to the PIM bot'), 'My roles');
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.stringify(answer.value)).toContain('Website Contributor');
    expect(exchanges(production)).toBe(before + 1);
  });

  test('is reached by browsers over TLS under its public name', async () => {
    const [, place] = /MAP pim-bot\.contoso\.example (127\.0\.0\.1:\d+)/u.exec(production.hostResolverRules) ?? [];
    expect(new X509Certificate(production.tls.certificatePem).checkHost(new URL(production.publicUrl).host)).toBeDefined();
    expect(await send(`https://${place}/healthz`, { ca: production.tls.caPem })).toMatchObject({ status: 200 });
  });

  test('connects to the public names and to nothing else', async () => {
    await seesRoles(alex);
    expect([...production.hostsAsked()].sort()).toEqual([
      'graph.microsoft.com', 'login.botframework.com', 'login.microsoftonline.com', 'management.azure.com', 'smba.trafficmanager.net', 'token.botframework.com',
    ]);
  });

  test('is killed, starts again, and knows who has signed in', async () => {
    await seesRoles(alex);
    const before = exchanges(production);
    await production.bot.kill();
    expect(production.bot.running).toBe(false);
    await production.restart();
    await seesRoles(alex);
    expect(exchanges(production)).toBe(before);
  });

  test('has audited the sign-ins, and has printed no secret', async () => {
    await seesRoles(alex);
    await expect(production.auditRows()).rejects.toThrow('stop the bot first');
    expect(await production.bot.stop()).toBe(0);
    const rows = await production.auditRows();
    expect(rows).toContainEqual(expect.objectContaining({ action: 'signIn', actor: expect.objectContaining({ id: alex.account.aadObjectId }) }));
    expect(production.log()).toContain('"msg":"ready"');
    const secrets = production.canaries();
    expect(secrets.length).toBeGreaterThan(10);
    for (const secret of secrets) expect(production.log()).not.toContain(secret);
    await production.restart();
  });
});

test.each(['certificate', 'secret'] as const)('production with a %s signs people in, too', async (proof) => {
  await using production = await startProduction({ proof, stepUp: false });
  await seesRoles(await production.person('Alex'));
});

test('production on a PostgreSQL server can be asked for its audit while it runs', async (context) => {
  const database = await newPostgresDatabase();
  if (!database.available) {
    context.skip(`PostgreSQL does not start on this machine: ${database.reason}`);
    return;
  }
  await using production = await startProduction({ databaseUrl: database.url });
  const alex = await production.person('Alex');
  await seesRoles(alex);
  expect(await production.auditRows()).toContainEqual(expect.objectContaining({ action: 'signIn' }));
});

test('production that does not become ready says why', async () => {
  await expect(startProduction({ env: { SIGN_IN_CONNECTION: '' } })).rejects.toThrow(/the bot ended with 1 before it was ready[^]*SIGN_IN_CONNECTION is missing/u);
});
