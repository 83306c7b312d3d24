import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holds, parseCondition } from '../../src/emulator/graph/odata-filter.ts';
import type { EntityMembers } from '../../src/emulator/graph/odata-filter.ts';
import { parseQuery, toMany, toOne } from '../../src/emulator/graph/odata-query.ts';
import type { EntityType } from '../../src/emulator/graph/odata-query.ts';
import { Refusal } from '../../src/emulator/reply.ts';
import { matchPath } from '../../src/emulator/route.ts';

const members: EntityMembers = {
  id: 'text',
  name: 'text',
  enabled: 'boolean',
  count: 'number',
  at: 'time',
  tags: 'list',
  owner: { id: 'text', since: 'time' },
};

const entity = {
  id: 'A1',
  name: "Ops' leads",
  enabled: true,
  count: 3,
  at: '2026-01-31T08:00:00.0000000Z',
  tags: ['x'],
  owner: { id: 'alex', since: null },
};

function matches(filter: string): boolean {
  return holds(parseCondition(filter, members), entity);
}

/** `undefined`: nothing was thrown. */
function thrown(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('$filter', () => {
  it.each([
    ["id eq 'a1'", true],
    ["id eq 'a2'", false],
    ["id ne 'a2'", true],
    ["ID EQ 'A1'", true],
    ["name eq 'Ops'' leads'", true],
    ["startswith(name,'ops')", true],
    ["startsWith(name, 'leads')", false],
    ["startswith(owner/id,'al')", true],
    ['enabled eq true', true],
    ['enabled eq false', false],
    ['count ge 3 and count lt 4', true],
    ['count gt 3 or count le 2', false],
    ['at ge 2026-01-31T08:00:00Z', true],
    ['at gt 2026-01-31T08:00:00Z', false],
    ['at lt 2026-01-31T17:00:00.001+09:00', true],
    ['at eq 2026-01-31T08:00:00.000Z', true],
    ["owner/id eq 'ALEX'", true],
    ['owner/since eq null', true],
    ['owner/since ge 2026-01-31', false],
    ["id eq 'x' and id eq 'y' or id eq 'a1'", true],
    ["id eq 'x' and (id eq 'y' or id eq 'a1')", false],
    ["(((id eq 'a1')))", true],
    ["name eq ' and id eq '", false],
  ])('%s → %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected);
  });

  it.each([
    '',
    'id',
    "colour eq 'red'",
    "owner eq 'alex'",
    "owner/colour eq 'red'",
    "id/length eq '2'",
    "toString eq 'x'",
    "tags eq 'x'",
    'tags eq null',
    'id eq a1',
    "id eq 'a1",
    "enabled eq 'true'",
    "at ge '2026-01-31T08:00:00Z'",
    'at ge yesterday',
    'count eq three',
    "id like 'a%'",
    "contains(name,'leads')",
    "startswith(name,'ops'",
    'startswith(enabled,true)',
    "not (id eq 'a1')",
    "id eq 'a1' and",
    "id eq 'a1' id eq 'a1'",
    "(id eq 'a1'",
    "id eq 'a1')",
    "tags/any(t: t eq 'x')",
    `${'('.repeat(10_000)}id eq 'a1'${')'.repeat(10_000)}`,
  ])('%s is refused', (filter) => {
    expect(() => parseCondition(filter, members)).toThrow(Refusal);
  });

  it('no text makes the parser throw anything but a refusal', () => {
    const word = fc.constantFrom('id', 'name', 'at', 'owner/id', 'eq', 'and', 'or', 'ge', 'startswith', '(', ')', ',', "'a'", "'", 'true', 'null', '3', ' ');
    const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.array(word).map((words) => words.join(' ')));
    fc.assert(
      fc.property(texts, (text) => {
        const error = thrown(() => parseCondition(text, members));
        expect(error === undefined || error instanceof Refusal).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('means what it says: any combination holds as its parts do', () => {
    fc.assert(
      fc.property(combinations, ({ text, value }) => {
        expect(matches(text)).toBe(value);
      }),
    );
  });
});

interface Combination {
  readonly text: string;
  readonly value: boolean;
}

/** Filters in full parentheses, each with what it must come to. */
const combinations = fc.letrec<{ all: Combination; leaf: Combination; pair: Combination }>((tie) => ({
  leaf: fc.oneof(
    fc.string().map((text) => ({ text: `name eq '${text.replaceAll("'", "''")}'`, value: text.toLowerCase() === entity.name.toLowerCase() })),
    fc.integer().map((number) => ({ text: `count ge ${number}`, value: entity.count >= number })),
    fc.boolean().map((flag) => ({ text: `enabled eq ${flag}`, value: flag })),
  ),
  pair: fc.tuple(tie('all'), fc.constantFrom('and', 'or'), tie('all')).map(([a, word, b]) => ({
    text: `(${a.text}) ${word} (${b.text})`,
    value: word === 'and' ? a.value && b.value : a.value || b.value,
  })),
  all: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('pair')),
})).all;

interface Rule {
  readonly id: string;
  readonly kind: string;
}

const ruleType: EntityType<Rule> = { members: { id: 'text', kind: 'text' }, toObject: (rule) => ({ '@odata.type': '#rule', ...rule }) };
const policyType: EntityType<readonly Rule[]> = {
  members: { id: 'text', size: 'number' },
  toObject: (rules) => ({ id: 'policy', size: rules.length }),
  navigations: { rules: toMany(ruleType, (rules) => rules) },
};
const assignmentType: EntityType<readonly Rule[]> = {
  members: { id: 'text', roleDefinitionId: 'text' },
  toObject: () => ({ id: 'assignment', roleDefinitionId: 'r' }),
  navigations: { policy: toOne(policyType, (rules) => rules), nobody: toOne(policyType, () => null) },
};
const rules: readonly Rule[] = [{ id: 'one', kind: 'k' }];

function view(query: string): unknown {
  return parseQuery(new URLSearchParams(query), assignmentType, 'collection').view(rules);
}

describe('$select and $expand', () => {
  it('an expansion may be expanded itself, and each may be narrowed', () => {
    expect(view('$expand=policy($expand=rules)')).toEqual({
      id: 'assignment',
      roleDefinitionId: 'r',
      policy: { id: 'policy', size: 1, rules: [{ '@odata.type': '#rule', id: 'one', kind: 'k' }] },
    });
    expect(view('$select=id&$expand=policy($select=id;$expand=rules($select=id)),nobody')).toEqual({
      id: 'assignment',
      policy: { id: 'policy', rules: [{ '@odata.type': '#rule', id: 'one' }] },
      nobody: null,
    });
  });

  it('the id is always there, and names fit whatever their case', () => {
    expect(view('$select=RoleDefinitionId')).toEqual({ id: 'assignment', roleDefinitionId: 'r' });
    expect(view('select=id&Expand=Nobody')).toEqual({ id: 'assignment', nobody: null });
  });

  it.each([
    '$select=colour',
    '$select=',
    '$expand=rules',
    '$expand=policy($expand=colour)',
    '$expand=policy($filter=id eq 1)',
    '$expand=policy($expand=rules',
    '$expand=policy)',
    '$expand=*',
    '$search=x',
    '$skip=1',
    'colour=red',
    '$top=0',
    '$top=1000',
    '$top=ten',
    '$count=yes',
    '$orderby=colour',
    '$orderby=id sideways',
    '$top=1&$top=2',
    '$top=1&top=2',
  ])('%s is refused', (query) => {
    expect(() => view(query)).toThrow(Refusal);
  });

  it('no option makes it throw anything but a refusal', () => {
    const option = fc.constantFrom('$select', '$expand', '$filter', '$top', '$count', '$orderby', '$skiptoken', 'x');
    const value = fc.array(fc.constantFrom('policy', 'rules', 'id', '(', ')', ';', ',', '=', '$expand=', '$select=', "'", ' ')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(option, fc.oneof(value, fc.string()), (name, text) => {
        const error = thrown(() => parseQuery(new URLSearchParams({ [name]: text }), assignmentType, 'collection').view(rules));
        expect(error === undefined || error instanceof Refusal).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the path of an operation', () => {
  it("may hold a function's argument", () => {
    const pattern = "requests/filterByCurrentUser(on='{on}')";
    expect(matchPath(pattern, ['requests', "filterByCurrentUser(on='principal')"])).toEqual({ on: 'principal' });
    expect(matchPath(pattern, ['Requests', "FILTERBYCURRENTUSER(ON='approver')"])).toEqual({ on: 'approver' });
    expect(matchPath(pattern, ['requests', "filterByCurrentUser(on='principal'"])).toBeNull();
    expect(matchPath(pattern, ['requests', "filterByCurrentUser(on=')"])).toBeNull();
    expect(matchPath('requests/{id}', ['requests', 'x'])).toEqual({ id: 'x' });
    expect(matchPath('requests/{id}', ['requests'])).toBeNull();
    expect(matchPath('requests/{id}/cancel', ['requests', 'x', 'close'])).toBeNull();
  });
});
