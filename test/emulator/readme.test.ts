import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findRoleByName } from '../../src/emulator/roles.ts';
import { checkSeed, loadSeed, SeedError } from '../../src/emulator/seed-file.ts';
import { EmulatorClient, failedRules, graphAudience, items, outcome, requestStatus, text } from './emulator-client.ts';
import { roleAt } from './people.ts';

const root = path.resolve(import.meta.dirname, '../..');
const projectReadme = readFileSync(path.join(root, 'README.md'), 'utf8');
const readme = readFileSync(path.join(root, 'src/emulator/README.md'), 'utf8');

/** The tenant without `--seed`, which the READMEs speak of. */
const seed = loadSeed(path.join(root, 'env/local.seed.json'));
const personNamed = (name: string): string => seed.people.find((person) => person.name.startsWith(name))?.id ?? '';
const [alex, megan, nestor] = [personNamed('Alex'), personNamed('Megan'), personNamed('Nestor')];
const production = '/subscriptions/c3e00000-0000-4000-8000-000000000001';
const rgApp = `${production}/resourceGroups/rg-app`;

let client: EmulatorClient;
let folder: string;
beforeAll(async () => {
  client = await EmulatorClient.start({ seed });
  folder = mkdtempSync(path.join(tmpdir(), 'pim-readme-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
});
beforeEach(() => client.reset());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await client[Symbol.asyncDispose]();
});

/** The one block of a language that holds `word`. */
function block(markdown: string, language: string, word: string): string {
  const found = [...markdown.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, code]) => code ?? '').filter((code) => code.includes(word));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

interface Run {
  readonly code: number | null;
  readonly output: string;
}

async function run(command: string, args: readonly string[], environment: NodeJS.ProcessEnv, cwd = folder): Promise<Run> {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, output };
}

/** A block as somebody would run it who has pasted it into a file. */
async function runPasted(name: string, code: string): Promise<readonly string[]> {
  writeFileSync(path.join(folder, name), code);
  const { origin, caFile } = client.emulator;
  const { code: exitCode, output } = await run(process.execPath, [name], { PIM_ORIGIN: origin, NODE_EXTRA_CA_CERTS: caFile });
  expect([exitCode, output]).toEqual([0, expect.any(String)]);
  return output.trim().split('\n');
}

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;
const contributor = { role: 'Contributor', scope: rgApp, principalId: alex, duration: 'PT1H' } as const;

describe("the READMEs' code, pasted into a file and run", () => {
  it("Microsoft's ARM client, in ten lines", async () => {
    const code = block(projectReadme, 'js', '@azure/arm-authorization');
    expect(code.split('\n').filter((line) => line !== '')).toHaveLength(10);
    const lines = await runPasted('arm.mjs', code);
    // Alex's own, and one that a group of hers has.
    expect(lines).toEqual(expect.arrayContaining(['Contributor on rg-app', 'Monitoring Reader on Contoso', 'Contributor on rg-web']));
  });

  it("Microsoft's ARM client without encryption", async () => {
    await using open = await EmulatorClient.start({ seed, httpPort: 0 });
    const script = 'http.mjs';
    writeFileSync(path.join(folder, script), block(readme, 'js', 'allowInsecureConnection'));
    const { code, output } = await run(process.execPath, [script], { PIM_HTTP: open.emulator.httpOrigin ?? '' });
    expect([code, output.trim().split('\n')]).toEqual([0, expect.arrayContaining(['Contributor', 'Monitoring Reader'])]);
  });

  it("Microsoft's Graph client, in ten lines", async () => {
    const code = block(projectReadme, 'js', '@microsoft/microsoft-graph-client');
    expect(code.split('\n').filter((line) => line !== '')).toHaveLength(10);
    const lines = await runPasted('graph.mjs', code);
    expect(lines).toEqual(expect.arrayContaining(['User Administrator at /', 'Cloud Device Administrator at /']));
  });

  it('an approval from a script', async () => {
    const request = await client.person(alex).activate(contributor);
    expect(requestStatus(request)).toBe('PendingApproval');
    expect(await runPasted('approve.mjs', block(readme, 'js', 'asApprover()'))).toEqual(['Megan Bowen Approve']);
    expect(requestStatus(await client.person(alex).read(rgApp, text(request.body, 'name')))).toBe('Provisioned');
  });

  it.skipIf(process.platform === 'win32')('a command against a service of its own, as in continuous integration', async () => {
    const script = path.join(folder, 'with-pim.mjs');
    writeFileSync(script, block(readme, 'js', 'PIM_ORIGIN: origin'));
    const probe = 'const a = await fetch(process.env.PIM_ORIGIN + "/emulator/clock"); console.log(a.status); process.exitCode = 3;';
    expect(await run(process.execPath, [script, process.execPath, '--input-type=module', '-e', probe], {}, root)).toEqual({ code: 3, output: '200\n' });
  });
});

/** Every `/emulator/…` with bodies behind it, in the table of recipes. */
function recipes(): readonly { readonly path: string; readonly body: string }[] {
  return [...readme.matchAll(/^\|.*\| `(\/emulator\/\w+)` (`\{.*`) \|$/gm)].flatMap(([, target = '', bodies = '']) =>
    [...bodies.matchAll(/`([^`]+)`/g)].map(([, body = '']) => ({ path: target, body })),
  );
}

async function play(word: string): Promise<void> {
  const found = recipes().find(({ body }) => body.includes(word));
  expect((await client.send(found?.path ?? '', { method: 'POST', body: found?.body })).status).toBe(200);
}

describe("the README's recipes", () => {
  it('are all taken', async () => {
    expect(recipes()).toHaveLength(13);
    for (const { path: target, body } of recipes()) {
      expect([body, (await client.send(target, { method: 'POST', body })).status]).toEqual([body, 200]);
    }
  });

  it('its table of faults has all that the service knows, and no others', async () => {
    const table = firstCells('fault |').map((cell) => /"(\w+)"/.exec(cell)?.[1] ?? '');
    const refusal = await client.fault({ path: '.' }, {});
    const known = /must have (.*)\.$/.exec(text(refusal.body, 'error', 'message'))?.[1]?.split(/, | or /) ?? [];
    expect(table.toSorted()).toEqual(known.toSorted());
  });

  it('a throttled listing tells how long to wait', async () => {
    await play('throttle');
    const answer = await client.person(alex).list('', 'roleEligibilityScheduleInstances', 'asTarget()');
    expect([answer.status, answer.headers['retry-after']]).toEqual([429, '7']);
  });

  it('listings are a minute behind, both ways', async () => {
    const active = async (): Promise<number> => items(await client.person(alex).list('', 'roleAssignmentScheduleInstances', 'asTarget()')).length;
    await play('lag');
    await client.person(alex).activate(reader);
    expect(await active()).toBe(0);
    await client.advance('PT6M');
    expect(await active()).toBe(1);
    await client.person(alex).deactivate(reader);
    expect(await active()).toBe(1);
    await client.advance('PT1M');
    expect(await active()).toBe(0);
  });

  it('Conditional Access wants another sign-in', async () => {
    await play('claimsChallenge');
    const answer = await client.person(alex).activate(reader);
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, expect.stringContaining('insufficient_claims')]);
  });

  it('PIM has not noticed a deactivation yet', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT6M');
    await client.person(alex).deactivate(reader);
    await play('settling');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    await client.advance('PT1M');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    await client.advance('PT1M');
    expect((await client.person(alex).activate(reader)).status).toBe(201);
  });

  it('a repeated request that PIM took the first time', async () => {
    await play('RoleAssignmentRequestExists');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentRequestExists');
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()'))).toHaveLength(1);
  });

  it('failed rules in the words of 2026', async () => {
    await client.fault({ path: 'Requests' }, { newerWording: true });
    const answer = await client.person(alex).activate({ ...contributor, properties: { justification: '' } });
    expect(failedRules(answer)).toEqual(['JustificationRule']);
    expect(readme).toContain('`JustificationRule - Justification is required`');
    expect(text(answer.body, 'error', 'message')).toContain('JustificationRule - Justification is required');
  });
});

/** The first cells of the table whose head begins with `head`. */
function firstCells(head: string): readonly string[] {
  const [, table = ''] = readme.split(`\n| ${head}`);
  const [rows = ''] = table.split('\n\n');
  return rows.split('\n').slice(2).map((row) => row.split(' | ')[0] ?? '');
}

/** What stands in backticks. */
function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

/** Paths that can be listed: a base such as `/policies/` holds for the names behind it, and for rows that begin with an ellipsis. */
function listedPaths(cells: readonly string[]): readonly string[] {
  let base = '';
  return cells.flatMap((cell) => {
    base = cell.startsWith('| …') ? base : '';
    return quoted(cell).flatMap((name) => {
      base = name.endsWith('/') ? name : base;
      return name.endsWith('/') || /[{ ]/.test(name) ? [] : [name.startsWith('/') ? name : `${base}${name}`];
    });
  });
}

describe('what the README says is served', () => {
  const resourceTypes = firstCells('ARM, ').flatMap(quoted);

  it.each(resourceTypes)('ARM: %s', async (type) => {
    const token = await client.token({ user: nestor });
    const versions = ['2020-10-01', '2021-01-01-preview', '2022-04-01'];
    const answers = await Promise.all(
      versions.map((version) => client.send(`${production}/providers/Microsoft.Authorization/${type}?api-version=${version}`, { token })),
    );
    expect(answers.map(({ status }) => status)).toContain(200);
  });

  const graphPaths = listedPaths(firstCells('Graph, '));

  it.each(graphPaths)('Graph: %s', async (target) => {
    const filters = { '/identityGovernance': "groupId eq 'b2e00000-0000-4000-8000-000000000001'", '/policies': "scopeId eq '/' and scopeType eq 'DirectoryRole'" };
    const filter = Object.entries(filters).find(([start]) => target.startsWith(start))?.[1];
    const token = await client.token({ user: nestor }, graphAudience);
    const query = filter === undefined ? '' : `?$filter=${encodeURIComponent(filter)}`;
    expect((await client.send(`/v1.0${target}${query}`, { token })).status).toBe(200);
  });

  it('is every resource type of the description, and every collection of PIM in Graph', () => {
    expect(resourceTypes).toHaveLength(12);
    expect(graphPaths).toHaveLength(22);
  });

  it('the commonest roles', () => {
    const [, azure = '', entra = ''] = /The commonest: ([^;]*); ([^.]*)\./.exec(readme.replaceAll('\n', ' ')) ?? [];
    expect(azure.split(', ').filter((name) => findRoleByName('azure', name) === undefined)).toEqual([]);
    expect(entra.split(', ').filter((name) => findRoleByName('entra', name) === undefined)).toEqual([]);
    expect(azure.split(', ')).toContain('Owner');
  });
});

describe("the README's seed", () => {
  const example: unknown = JSON.parse(block(readme, 'json', '"tenantId"'));

  it('has every member of the schema, and a service starts from it', async () => {
    const checked = checkSeed(example);
    const schema: unknown = JSON.parse(readFileSync(path.join(root, 'src/emulator/seed.schema.json'), 'utf8'));
    const members = typeof schema === 'object' && schema !== null && 'properties' in schema ? Object.keys(schema.properties ?? {}) : [];
    expect(Object.keys(checked)).toEqual(expect.arrayContaining(members.filter((name) => name !== '$schema')));
    await using other = await EmulatorClient.start({ seed: checked });
    expect(items(await other.person(megan).list('', 'roleEligibilityScheduleInstances'))).toHaveLength(1);
  });

  it('mistakes are told in the words that it shows', () => {
    const { tenantId: _, ...nameless } = seed;
    const [eligible, ...others] = seed.eligible ?? [];
    const [first, ...rest] = seed.settings ?? [];
    const mistakes: readonly unknown[] = [
      nameless,
      { ...seed, people: [{ ...seed.people[0], id: 'alex' }, ...seed.people.slice(1)] },
      { ...seed, eligible: [{ ...eligible, kind: 'Azure' }, ...others] },
      { ...seed, roles: [{ kind: 'azure', name: 'Owner', actions: ['*'], assignableScopes: [production] }] },
      { ...seed, eligible: [{ ...eligible, role: 'User Administrator' }, ...others] },
      { ...seed, settings: [{ ...first, settings: { approvalOnElevation: true } }, ...rest] },
    ];
    const shown = block(readme, 'text', 'expected').trim().split('\n');
    expect(mistakes.map(messageOf)).toEqual(shown.map((line) => `The seed is wrong: ${line}.`));
  });
});

function messageOf(value: unknown): string {
  try {
    checkSeed(value);
  } catch (error) {
    if (error instanceof SeedError) {
      return error.message;
    }
    throw error;
  }
  return 'accepted';
}

describe('roles', () => {
  it("a role that the README names has Microsoft's id", async () => {
    const answer = await client.person(alex).call(`${production}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=roleName%20eq%20'Owner'`);
    expect(items(answer).map((role) => text(role, 'id'))).toEqual([roleAt('Owner', production)]);
  });
});
