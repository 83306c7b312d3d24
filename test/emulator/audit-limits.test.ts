import { expect, it } from 'vitest';
import { recordCall } from '../../src/emulator/audit.ts';
import { Engine } from './engine.ts';
import type { Wish } from './engine.ts';
import { alex, production } from './people.ts';

const reader: Wish = { type: 'SelfActivate', kind: 'azure', role: 'Reader', scope: production, principalId: alex, minutes: 30 };
const limit = 20_000;

/** The audit log of a service that has run for weeks. */
it('calls push out calls, and never what happened in PIM; what happened pushes out neither', () => {
  const engine = new Engine();
  engine.submit(reader);
  const happened = engine.activities().map(({ id }) => id);
  expect(happened).toHaveLength(2);
  const { audit } = engine.pim.state;
  const paths = (): readonly string[] => audit.flatMap((entry) => (entry.kind === 'call' ? [entry.path] : []));
  for (let i = 0; i < limit + 5; i += 1) {
    recordCall(engine.pim.state, { at: '', actor: null, method: 'GET', path: `/${i}`, status: 200 });
  }
  expect([paths().length, paths()[0], paths().at(-1)]).toEqual([limit, '/5', `/${limit + 4}`]);
  expect(engine.activities().map(({ id }) => id)).toEqual(happened);

  const [first] = engine.activities();
  audit.unshift(...engine.activities().slice(0, 1).flatMap((entry) => Array.from({ length: limit - 3 }, (_, i) => ({ ...entry, id: String(i) }))));
  engine.advance(30);
  engine.submit(reader);
  expect(engine.activities()).toHaveLength(limit);
  expect(engine.activities()[0]?.id).toBe('2');
  expect(engine.activities()).toContain(first);
  expect(paths()).toHaveLength(limit);
});
