import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/emulator/certificate.ts';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { StateFile } from '../../src/emulator/saved-state.ts';
import { emptyState } from '../../src/emulator/state-changes.ts';
import { EmulatorClient, graphAudience, items, outcome, requestStatus, text } from './emulator-client.ts';
import { alex, diego, megan, nestor, opsLeads, production, rgApp, roleAt, seed } from './people.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pim-data-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('with a data folder', () => {
  it('a restart keeps requests, decisions, groups, the clock, the authority and tokens', async () => {
    const name = randomUUID();
    let token: string;
    let ca: string;
    {
      await using first = await EmulatorClient.start({ dataFolder: folder });
      await first.advance('P2D');
      await first.person(alex).activate({ role: 'Contributor', scope: rgApp, principalId: alex, name });
      const graph = await first.token({ user: nestor }, graphAudience);
      await first.send(`/v1.0/groups/${opsLeads}/members/${diego}/$ref`, { method: 'DELETE', token: graph });
      token = await first.token({ user: alex });
      ca = first.emulator.caPem;
    }
    await using second = await EmulatorClient.start({ dataFolder: folder });
    expect(second.emulator.caPem).toBe(ca);
    expect(readFileSync(second.emulator.caFile, 'utf8')).toBe(ca);
    expect((await second.arm('/providers/Microsoft.Authorization/roleAssignmentScheduleRequests?$filter=asTarget()&api-version=2020-10-01', { token })).status).toBe(200);
    expect(requestStatus(await second.person(alex).read(rgApp, name))).toBe('PendingApproval');
    expect((await second.person(diego).decide(name, 'Approve')).status).toBe(403);
    expect((await second.person(megan).decide(name, 'Approve')).status).toBe(200);
    expect(requestStatus(await second.person(alex).read(rgApp, name))).toBe('Provisioned');
    const now = Date.parse(text((await second.send('/emulator/clock')).body, 'now'));
    expect(now - new Date().getTime()).toBeGreaterThan(47 * 3_600_000);
  });

  it('what fell due while the service was down has happened when it is asked', async () => {
    {
      await using first = await EmulatorClient.start({ dataFolder: folder });
      await first.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT5M' });
    }
    const file = new StateFile(folder, seed);
    const saved = file.read();
    file.write({ state: saved?.state ?? emptyState(), clockOffsetMs: 600_000 });
    await using second = await EmulatorClient.start({ dataFolder: folder });
    expect(items(await second.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()'))).toEqual([]);
  });

  it('a process that is killed has lost nothing that it answered', async () => {
    const main = path.resolve(import.meta.dirname, '../../src/emulator/main.ts');
    const seedFile = path.join(folder, 'seed.json');
    writeFileSync(seedFile, JSON.stringify(seed));
    const child = spawn(process.execPath, [main, '--json', '--port', '0', '--data', folder, '--seed', seedFile]);
    const closed = once(child, 'close');
    const [line] = await once(createInterface(child.stdout), 'line');
    const ready: unknown = JSON.parse(String(line));
    const caFile = text(ready, 'ca');
    const close = async (): Promise<void> => {
      child.kill('SIGKILL');
      await closed;
    };
    const rule = { id: 'Expiration_EndUser_Assignment', ruleType: 'RoleManagementPolicyExpirationRule', maximumDuration: 'PT7H' };
    const owner = roleAt('Owner', rgApp);
    {
      const origin = text(ready, 'origin');
      await using killed = new EmulatorClient({ origin, httpOrigin: null, caFile, caPem: readFileSync(caFile, 'utf8'), close, [Symbol.asyncDispose]: close });
      await killed.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' });
      const toDiego = { principalId: diego, roleDefinitionId: owner, requestType: 'AdminAssign', justification: 'on call' };
      const target = `${rgApp}/providers/Microsoft.Authorization/roleEligibilityScheduleRequests/${randomUUID()}?api-version=2020-10-01`;
      expect((await killed.person(nestor).call(target, { method: 'PUT', body: { properties: toDiego } })).status).toBe(201);
      const [policy] = items(await killed.person(nestor).list(rgApp, 'roleManagementPolicyAssignments', `roleDefinitionId eq '${owner}'`));
      const policyPath = `${text(policy, 'properties', 'policyId')}?api-version=2020-10-01`;
      expect((await killed.person(nestor).call(policyPath, { method: 'PATCH', body: { properties: { rules: [rule] } } })).status).toBe(200);
    }
    await using second = await EmulatorClient.start({ dataFolder: folder });
    expect(items(await second.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()'))).toHaveLength(1);
    expect(items(await second.person(diego).list(rgApp, 'roleEligibilityScheduleInstances', 'asTarget()'))).toHaveLength(1);
    const settings = await second.person(diego).list(rgApp, 'roleManagementPolicyAssignments', `roleDefinitionId eq '${owner}'`);
    expect(JSON.stringify(settings.body)).toContain('"maximumDuration":"PT7H"');
  });

  it('a reset goes back to the seed for good', async () => {
    {
      await using first = await EmulatorClient.start({ dataFolder: folder });
      await first.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT5M' });
      await first.reset();
    }
    await using second = await EmulatorClient.start({ dataFolder: folder });
    expect(items(await second.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()'))).toEqual([]);
  });

  it('keys are readable by their owner alone, and no half-written state is left', async () => {
    await using client = await EmulatorClient.start({ dataFolder: folder });
    await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT5M' });
    expect(readdirSync(folder).toSorted()).toEqual(['ca.key.pem', 'ca.pem', 'changes.jsonl', 'in-use.lock', 'state.json', 'token-key.json']);
    for (const file of ['ca.key.pem', 'token-key.json']) {
      expect(statSync(path.join(folder, file)).mode & 0o777).toBe(0o600);
    }
  });

  it('the state of another seed is refused with the way out', async () => {
    {
      await using first = await EmulatorClient.start({ dataFolder: folder });
      await first.reset();
    }
    const other = { ...seed, people: seed.people.toReversed() };
    await expect(startEmulator({ seed: other, dataFolder: folder })).rejects.toThrow(/belongs to another seed: delete it/);
  });

  const rsaKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const otherKey = createAuthority(new Date()).keyPem;
  const expired = createAuthority(new Date(0));

  it.each([
    ['state.json', { 'state.json': '{"version":1,' }, /state\.json is damaged or of another version: delete it/],
    ['state.json', { 'state.json': '' }, /state\.json is damaged or of another version: delete it/],
    ['state.json', { 'state.json': '{"version":3}' }, /state\.json is damaged or of another version: delete it/],
    ['changes.jsonl', { 'changes.jsonl': '{"state":{}}\n' }, /changes\.jsonl is damaged: delete it to go back to .*state\.json/],
    ['token-key.json', { 'token-key.json': '{"kty":' }, /token-key\.json holds no key: delete it/],
    ['token-key.json', { 'token-key.json': '{"kty":"RSA"}' }, /token-key\.json holds no key: delete it/],
    ['ca.key.pem', { 'ca.key.pem': '' }, /ca\.key\.pem holds no key of an authority: delete .*ca\.key\.pem and .*ca\.pem/],
    ['ca.key.pem', { 'ca.key.pem': rsaKey }, /ca\.key\.pem holds no key of an authority: delete/],
    ['ca.pem', { 'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }, /ca\.pem holds no certificate of the key beside it: delete/],
    ['ca.pem', { 'ca.key.pem': otherKey }, /ca\.pem holds no certificate of the key beside it: delete/],
    ['ca.pem', { 'ca.key.pem': expired.keyPem, 'ca.pem': expired.certificatePem }, /ca\.pem has run out: delete/],
    ['in-use.lock', { 'in-use.lock': 'x'.repeat(5_000) }, /in-use\.lock cannot be locked \(.*\): delete it/],
  ])('a damaged %s is refused with the way out, which works', async (_, files: Readonly<Record<string, string | Buffer>>, sentence) => {
    {
      await using first = await EmulatorClient.start({ dataFolder: folder });
      await first.reset();
    }
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(path.join(folder, name), content);
    }
    const refusal: unknown = await startEmulator({ seed, dataFolder: folder }).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: 'DataFolderError', message: expect.stringMatching(sentence) });
    const [, advice = ''] = /delete (.*)/.exec(String(refusal)) ?? [];
    const named = readdirSync(folder).filter((name) => advice.includes(`/${name}`) && !advice.includes(`go back to ${path.join(folder, name)}`));
    for (const name of [...Object.keys(files), ...named]) {
      rmSync(path.join(folder, name), { force: true });
    }
    await using second = await EmulatorClient.start({ dataFolder: folder });
    expect((await second.send('/emulator/clock')).status).toBe(200);
  });

  it('a file that cannot be read is refused by its name', async () => {
    mkdirSync(path.join(folder, 'state.json'));
    await expect(startEmulator({ seed, dataFolder: folder })).rejects.toThrow(/state\.json cannot be read \(.*\): make it readable, or delete it/);
  });

  it('is for one service at a time, and free again however the first one ended', async () => {
    {
      await using first = await EmulatorClient.start({ dataFolder: folder });
      await expect(startEmulator({ seed, dataFolder: folder })).rejects.toThrow(/is in use by another PIM service: stop that one, or choose another folder/);
      expect((await first.send('/emulator/clock')).status).toBe(200);
    }
    writeFileSync(path.join(folder, 'ca.pem'), '');
    await expect(startEmulator({ seed, dataFolder: folder })).rejects.toThrow(/holds no certificate/);
    rmSync(path.join(folder, 'ca.pem'));
    await using second = await EmulatorClient.start({ dataFolder: folder });
    expect((await second.send('/emulator/clock')).status).toBe(200);
  });

  it('that is gone is told by the write that cannot be kept', async () => {
    await using client = await EmulatorClient.start({ dataFolder: folder });
    rmSync(folder, { recursive: true });
    const answer = await client.person(alex).activate({ role: 'Reader', scope: production, principalId: alex, duration: 'PT5M' });
    expect(outcome(answer)).toBe('500 InternalServerError');
    expect(text(answer.body, 'error', 'message')).toContain(`The state cannot be kept in ${folder}`);
  });
});

describe('without a data folder', () => {
  it('nothing is left behind, and no key is ever written', async () => {
    const client = await EmulatorClient.start();
    const { caFile } = client.emulator;
    expect(readdirSync(path.dirname(caFile))).toEqual(['ca.pem']);
    await client[Symbol.asyncDispose]();
    await client.emulator.close();
    expect(existsSync(path.dirname(caFile))).toBe(false);
  });
});
