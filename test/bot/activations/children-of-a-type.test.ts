import { expect, test } from 'vitest';
import { startActivation } from '../../../src/bot/activations/activate.ts';
import { parseCommand } from '../../../src/bot/commands/parse-command.ts';
import { PimError } from '../../../src/pim/errors.ts';
import type { EligibleAssignment, Scope } from '../../../src/pim/model.ts';
import { alex, app, contoso, contributor, createStandIn, development, eligible, groupIn, lenient, production, reader, seen, turnOf, web, whole } from '../stand-in.ts';

const lab = groupIn(development, 'rg-lab');
const sandboxes: Scope = { id: '/providers/Microsoft.Management/managementGroups/sandboxes', name: 'Sandboxes', type: 'managementGroup' };
const trial: Scope = { id: '/subscriptions/c3e00000-0000-4000-8000-000000000003', name: 'Trial', type: 'subscription' };
const tree = new Map([[contoso, [production, development, sandboxes]], [sandboxes, [trial]], [production, [app, web]], [development, [lab]], [trial, []]]);

interface Offered {
  readonly words: string;
  readonly choices: readonly string[];
  readonly chosen: string;
  /** What PIM was asked: below which scope, for which types. */
  readonly asked: readonly string[];
}

async function offered(message: string, items: readonly EligibleAssignment[], unread?: Scope): Promise<Offered> {
  const asked: string[] = [];
  await using standIn = await createStandIn({
    pim: {
      listEligible: async () => whole(...items),
      listChildren: async (scope, types = []) => {
        asked.push([scope.name, ...types].join(' '));
        if (scope === unread) throw new PimError('unavailable', 'down');
        return (tree.get(scope) ?? []).filter(({ type }) => types.length === 0 || types.some((wanted) => wanted === type));
      },
      readRoleSettings: async () => lenient,
    },
  });
  const command = parseCommand(message);
  if (command.name !== 'activate') throw new Error(command.name);
  const { words, choices, chosen } = seen(await startActivation(standIn.parts, turnOf(alex), command));
  return { words, choices: choices.map(({ value }) => value.replace(/^\S+ /u, '')), chosen, asked };
}

const atProduction = eligible('e1', contributor, production);
const atContoso = eligible('e2', contributor, contoso);

test('of a subscription\'s resource groups one is to be chosen, and PIM is asked for nothing else', async () => {
  const { words, choices, asked } = await offered('activate Contributor on resource groups in Production', [atProduction, eligible('e3', contributor, development), eligible('e4', reader, production)]);
  expect(words).toContain('Which one do you mean?');
  expect(choices).toEqual([app.id, web.id]);
  expect(asked).toEqual(['Production resourceGroup']);
});

test('the subscriptions of a management group are asked for alone; those of groups below it only where none lies in it', async () => {
  const inContoso = await offered('activate Contributor on subscriptions in Contoso', [atContoso]);
  expect(inContoso.choices).toEqual([production.id, development.id]);
  expect(inContoso.asked).toEqual(['Contoso subscription']);
  const one = await offered('activate Contributor on subscription Trial', [atContoso]);
  expect(one.chosen).toBe(trial.id);
  expect(one.asked.slice(0, 3)).toEqual(['Contoso subscription', 'Contoso', 'Sandboxes subscription']);
});

test('a resource group is found through the subscriptions of a management group, by its type and by where it lies', async () => {
  const named = await offered('activate Contributor on resource group rg-lab', [atContoso]);
  expect(named.chosen).toBe(lab.id);
  expect(named.asked.slice(0, 4)).toEqual(['Contoso', 'Production resourceGroup', 'Development resourceGroup', 'Sandboxes']);
  const within = await offered('activate Contributor on resource groups in Production', [atContoso]);
  expect(within.choices).toEqual([app.id, web.id]);
  expect(within.asked).toEqual(['Contoso', 'Production resourceGroup']);
});

test('a resource group of that name elsewhere is not taken for the one that is meant', async () => {
  const { words } = await offered('activate Contributor on resource group rg-lab in Production', [atContoso]);
  expect(words).toContain('No such role among yours');
});

test('promise 24: what could not be looked below is said', async () => {
  const { words } = await offered('activate Contributor on resource groups in Production', [atProduction], production);
  expect(words).toContain('Azure resources could not be read');
  expect(words).not.toContain('No such role');
});
