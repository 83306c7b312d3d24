import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { builtInRoles } from '../../src/emulator/roles.ts';
import { EmulatorClient, at, failedRules, items, listPath, outcome, text } from './emulator-client.ts';
import { alex, production } from './people.ts';

const readme = readFileSync(path.resolve(import.meta.dirname, '../../src/emulator/README.md'), 'utf8');

let client: EmulatorClient;
beforeAll(async () => {
  client = await EmulatorClient.start();
});
beforeEach(() => client.reset());
afterAll(() => client[Symbol.asyncDispose]());

const reader = { role: 'Reader', scope: production, principalId: alex, duration: 'PT30M' } as const;

/** The fault of the README's example that speaks of `word`. */
function example(word: string): unknown {
  const block = [...readme.matchAll(/```json\n([^`]*)```/g)].map((match) => match[1] ?? '').find((json) => json.includes(word));
  return JSON.parse(block ?? '');
}

async function play(word: string): Promise<void> {
  expect((await client.send('/emulator/faults', { method: 'POST', body: example(word) })).status).toBe(200);
}

describe("the README's faults", () => {
  it('RoleAssignmentExists for a while after a deactivation', async () => {
    await client.person(alex).activate(reader);
    await client.advance('PT6M');
    await client.person(alex).deactivate(reader);
    await play('"RoleAssignmentExists"');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentExists');
    expect((await client.person(alex).activate(reader)).status).toBe(201);
  });

  it('the newer wording of failed rules', async () => {
    await play('JustificationRule - ');
    const answer = await client.person(alex).activate(reader);
    expect(outcome(answer)).toBe('400 RoleAssignmentRequestPolicyValidationFailed');
    expect(failedRules(answer)).toEqual(['JustificationRule']);
  });

  it('RoleAssignmentRequestExists with status 400', async () => {
    await play('RoleAssignmentRequestExists');
    expect(outcome(await client.person(alex).activate(reader))).toBe('400 RoleAssignmentRequestExists');
    expect(items(await client.person(alex).list('', 'roleAssignmentScheduleRequests', 'asTarget()'))).toHaveLength(1);
  });
});

describe('the built-in roles', () => {
  it('are those that the README lists', async () => {
    const listed = /\*\*Roles:\*\* ([^.]*)\./.exec(readme)?.[1]?.replaceAll('\n', ' ').split(', ');
    expect(listed).toEqual(builtInRoles.map(({ name }) => name));
  });

  it('each has an id and a name of its own, and is served', async () => {
    expect(new Set(builtInRoles.map(({ id }) => id)).size).toBe(builtInRoles.length);
    const answer = await client.person(alex).list(production, 'roleDefinitions', "roleName eq 'Key Vault Secrets Officer'");
    expect(items(answer).map((role) => text(role, 'name'))).toEqual(['b86a8fe4-44ce-4948-aee5-eccb2c155cd7']);
    expect(at(await client.person(alex).call(listPath(production, 'roleDefinitions')), 'status')).toBe(200);
  });
});
