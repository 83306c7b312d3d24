import { beforeEach, describe, expect, it } from 'vitest';
import { decide, hasApproval } from '../../src/emulator/approvals.ts';
import { Engine, person } from './engine.ts';
import type { Wish } from './engine.ts';
import { alex, lee, megan, nestor, opsLeads, production } from './people.ts';

/** https://learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities */

let engine: Engine;
beforeEach(() => {
  engine = new Engine();
});

const names = (): readonly string[] => engine.activities().map(({ activity }) => activity);
const userAdministrator: Wish = { type: 'SelfActivate', kind: 'entra', role: 'User Administrator', scope: '/', principalId: alex };
const reportsReader: Wish = { type: 'AdminAssign', kind: 'entra', role: 'Reports Reader', scope: '/', principalId: lee };
const admin = person(nestor);

describe('the audit log', () => {
  it('tells an activation with approval, and its end', () => {
    const request = engine.submit(userAdministrator);
    if (hasApproval(request)) {
      decide(engine.pim, request, person(megan), { result: 'Approve', justification: 'ok' });
    }
    engine.advance(60);
    expect(names()).toEqual([
      'Add member to role requested (PIM activation)',
      'Add member to role approval requested (PIM activation)',
      'Add member to role request approved (PIM activation)',
      'Add member to role completed (PIM activation)',
      'Remove member from role (PIM activation expired)',
    ]);
    expect(engine.activities().map(({ actor }) => actor)).toEqual([alex, alex, megan, megan, null]);
    expect(new Set(engine.activities().map(({ id }) => id)).size).toBe(5);
  });

  it('tells a denied, a forgotten and a withdrawn one', () => {
    const denied = engine.submit(userAdministrator);
    if (hasApproval(denied)) {
      decide(engine.pim, denied, person(megan), { result: 'Deny', justification: 'no' });
    }
    engine.submit(userAdministrator);
    engine.advance(24 * 60);
    engine.cancel(engine.submit(userAdministrator), person(alex));
    expect(names().filter((name) => !name.includes('requested'))).toEqual([
      'Add member to role request denied (PIM activation)',
      'PIM activation request expired',
      'Add member to role canceled (PIM activation)',
    ]);
  });

  it('tells a deactivation', () => {
    engine.submit({ ...userAdministrator, kind: 'group', role: 'member', scope: opsLeads });
    engine.advance(5);
    engine.submit({ ...userAdministrator, type: 'SelfDeactivate', kind: 'group', role: 'member', scope: opsLeads });
    expect(names().slice(2)).toEqual(['Remove member from role requested (PIM deactivate)', 'Remove member from role completed (PIM deactivate)']);
  });

  it.each([
    ['assignment', 'member'],
    ['eligibility', 'eligible member'],
  ] as const)('tells what administrators do, %s', (side, member) => {
    const submit = (type: Wish['type'], minutes: number | null = 60): unknown => engine.submit({ ...reportsReader, side, type, minutes }, admin);
    submit('AdminAssign', null);
    submit('AdminRemove');
    submit('AdminAssign');
    submit('AdminExtend', 120);
    engine.advance(120);
    submit('AdminRenew');
    submit('AdminRemove');
    expect(names()).toEqual([
      `Add ${member} to role in PIM requested (permanent)`,
      `Add ${member} to role in PIM completed (permanent)`,
      `Remove ${member} from role in PIM requested (permanent)`,
      `Remove ${member} from role in PIM completed (permanent)`,
      `Add ${member} to role in PIM requested (timebound)`,
      `Add ${member} to role in PIM completed (timebound)`,
      `Update ${member} in PIM requested (extend)`,
      'Update member in PIM approved by admin (extend/renew)',
      `Remove ${member} from role in PIM completed (timebound)`,
      `Add ${member} to role in PIM requested (renew)`,
      `Add ${member} to role in PIM completed (timebound)`,
      `Remove ${member} from role in PIM requested (timebound)`,
      `Remove ${member} from role in PIM completed (timebound)`,
    ]);
  });

  it('tells what people ask of administrators', () => {
    engine.submit(reportsReader, admin);
    engine.cancel(engine.submit({ ...reportsReader, type: 'SelfExtend' }), person(lee));
    engine.submit({ ...reportsReader, type: 'SelfExtend' });
    engine.submit({ ...reportsReader, type: 'AdminRemove' }, admin);
    engine.submit({ ...reportsReader, type: 'SelfRenew' });
    engine.submit({ ...reportsReader, type: 'AdminRenew' }, admin);
    expect(names().slice(2)).toEqual([
      'Update member in PIM requested (extend)',
      'Update member in PIM canceled (extend)',
      'Update member in PIM requested (extend)',
      'Remove member from role in PIM requested (timebound)',
      'Update member in PIM denied by admin (extend/renew)',
      'Remove member from role in PIM completed (timebound)',
      'Add member to role in PIM requested (renew)',
      'Add member to role in PIM requested (renew)',
      'Update member in PIM approved by admin (extend/renew)',
      'Add member to role in PIM completed (timebound)',
    ]);
  });

  it.each([
    ['azure', 'Contributor', production, 'ResourceManagement'],
    ['entra', 'Reports Reader', '/', 'RoleManagement'],
    ['group', 'member', opsLeads, 'GroupManagement'],
  ] as const)('files %s roles under their category', (kind, role, scope, category) => {
    engine.submit({ ...reportsReader, kind, role, scope, justification: 'new colleague' }, admin);
    expect(engine.activities()[0]).toMatchObject({ category, roleKind: kind, role, principalId: lee, actor: nestor, justification: 'new colleague' });
  });
});
