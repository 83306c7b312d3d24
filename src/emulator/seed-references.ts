import { roundElevationDuration } from './duration.ts';
import { findRoleByName } from './roles.ts';
import { findBuiltInRoles } from './seed-roles.ts';
import { containerOf, normaliseScopeId, scopeType } from './scopes.ts';
import type { Seed, SeedAssignment, SeedRole, SeedRoleSettings, SeedSettings } from './seed.ts';

/**
 * What a schema cannot say: that every reference reaches something, and that no setting contradicts another.
 * Each fault reads `place: expected …`.
 */
export function findSeedFaults(seed: Seed): readonly string[] {
  const known = knownIn(seed);
  return [
    ...unknownMembers(seed, known),
    ...scopeFaults(seed, known),
    ...customRoleFaults(seed.roles ?? [], known),
    ...grantFaults(seed, known),
    ...(seed.eligible ?? []).flatMap((entry, i) => [
      ...principalFaults(known, entry.principalId, `eligible[${i}].principalId`),
      ...assignmentFaults(known, entry, `eligible[${i}]`),
    ]),
    ...(seed.assigned ?? []).flatMap((entry, i) => [
      ...memberFaults(known, entry.principalId, `assigned[${i}].principalId`),
      ...assignmentFaults(known, entry, `assigned[${i}]`),
    ]),
    ...(seed.settings ?? []).flatMap((entry, i) => settingsFaults(known, entry, `settings[${i}]`)),
    ...(seed.locks ?? []).flatMap((scope, i) => listedFaults(known, scope, `locks[${i}]`)),
  ];
}

/** What entries can refer to, in lower case. */
interface Known {
  readonly people: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly apps: ReadonlySet<string>;
  /** Those listed, and the containers that their paths name. */
  readonly scopes: ReadonlySet<string>;
  readonly roles: readonly SeedRole[];
  /** What a listed scope says of its parent. */
  readonly parents: ReadonlyMap<string, string>;
}

function knownIn({ people, groups = [], apps = [], scopes = [], roles = [] }: Seed): Known {
  const idsOf = (entries: readonly { readonly id: string }[]): ReadonlySet<string> => new Set(entries.map(({ id }) => id.toLowerCase()));
  return {
    people: idsOf(people),
    groups: idsOf(groups),
    apps: idsOf(apps),
    scopes: new Set(scopes.flatMap(({ id }) => lineage(id)).map((id) => id.toLowerCase())),
    roles,
    parents: new Map(scopes.flatMap(({ id, parent }) => (parent === undefined ? [] : [[id.toLowerCase(), parent.toLowerCase()]]))),
  };
}

function unknownMembers(seed: Seed, known: Known): readonly string[] {
  return (seed.groups ?? []).flatMap((group, g) => [
    ...group.members.flatMap((id, m) => memberFaults(known, id, `groups[${g}].members[${m}]`)),
    ...(group.owners ?? []).flatMap((id, o) => memberFaults(known, id, `groups[${g}].owners[${o}]`)),
  ]);
}

function scopeFaults(seed: Seed, known: Known): readonly string[] {
  return (seed.scopes ?? []).flatMap(({ id, parent }, i) => {
    const fault = parent === undefined || parent === '/' ? null : parentFault(known, id, parent);
    return fault === null ? [] : [`scopes[${i}].parent: expected ${fault}`];
  });
}

function customRoleFaults(roles: readonly SeedRole[], known: Known): readonly string[] {
  const scopes = roles.flatMap((role, i) =>
    role.kind === 'azure' ? role.assignableScopes.flatMap((scope, s) => listedFaults(known, scope, `roles[${i}].assignableScopes[${s}]`)) : [],
  );
  return [...findBuiltInRoles(roles), ...scopes];
}

function parentFault(known: Known, id: string, parent: string): string | null {
  if (!['managementgroup', 'subscription'].includes(scopeType(id) ?? '')) {
    return `none, as the path of ${id} tells where it lies`;
  }
  if (scopeType(parent) !== 'managementgroup' || !isListed(known, parent)) {
    return `a management group that is listed in scopes, found ${parent}`;
  }
  return isOwnAncestor(known, id) ? `a management group that does not itself lie in ${id}, found ${parent}` : null;
}

function isOwnAncestor({ parents }: Known, id: string): boolean {
  const start = id.toLowerCase();
  const seen = new Set<string>();
  for (let at = parents.get(start); at !== undefined && !seen.has(at); at = parents.get(at)) {
    if (at === start) {
      return true;
    }
    seen.add(at);
  }
  return false;
}

function grantFaults(seed: Seed, known: Known): readonly string[] {
  const apps = (seed.apps ?? []).flatMap((app, a) =>
    (app.roles ?? []).flatMap((grant, r) => [
      ...roleFaults(known, 'azure', grant.role, `apps[${a}].roles[${r}].role`),
      ...listedFaults(known, grant.scope, `apps[${a}].roles[${r}].scope`),
    ]),
  );
  const administrators = (seed.administrators ?? []).flatMap((entry, i) => [
    ...principalFaults(known, entry.principalId, `administrators[${i}].principalId`),
    ...(entry.kind === 'entra'
      ? roleFaults(known, 'entra', entry.role ?? 'Privileged Role Administrator', `administrators[${i}].role`)
      : listedFaults(known, entry.scope, `administrators[${i}].scope`)),
  ]);
  return [...apps, ...administrators];
}

function assignmentFaults(known: Known, entry: SeedAssignment, place: string): readonly string[] {
  const backwards = entry.start !== undefined && entry.end !== undefined && Date.parse(entry.end) <= Date.parse(entry.start);
  return [...targetFaults(known, entry, place), ...(backwards ? [`${place}.end: expected a time after the start`] : [])];
}

function settingsFaults(known: Known, entry: SeedSettings, place: string): readonly string[] {
  const asks = entry.settings;
  const conflict = asks.mfaOnElevation === true && entry.authenticationContext !== undefined;
  return [
    ...targetFaults(known, entry, place),
    ...durationFaults(asks, `${place}.settings.elevationDuration`),
    ...approverFaults(known, asks, `${place}.settings.approverIds`),
    ...(conflict ? [`${place}.authenticationContext: expected none beside mfaOnElevation (MfaAndAcrsConflict)`] : []),
  ];
}

function targetFaults(known: Known, entry: SeedAssignment | SeedSettings, place: string): readonly string[] {
  switch (entry.kind) {
    case 'azure':
      return [...roleFaults(known, 'azure', entry.role, `${place}.role`), ...listedFaults(known, entry.scope, `${place}.scope`)];
    case 'group':
      return known.groups.has(entry.scope.toLowerCase()) ? [] : [`${place}.scope: expected the id of a group, found ${entry.scope}`];
    case 'entra':
      return roleFaults(known, 'entra', entry.role, `${place}.role`);
  }
}

function durationFaults(asks: SeedRoleSettings, place: string): readonly string[] {
  const text = asks.elevationDuration;
  return text === undefined || roundElevationDuration(text) !== null
    ? []
    : [`${place}: expected PT30M to P3DT2H once rounded, found ${text}`];
}

function approverFaults(known: Known, asks: SeedRoleSettings, place: string): readonly string[] {
  const ids = asks.approverIds ?? [];
  if (asks.approvalOnElevation === true && ids.length === 0) {
    return [`${place}: expected at least one approver, as approvalOnElevation is true`];
  }
  return ids.flatMap((id, i) => principalFaults(known, id, `${place}[${i}]`));
}

const roleExamples = {
  azure: 'the name of a built-in Azure role such as Owner, Contributor or Reader, or of one that is listed in roles',
  entra: 'the name of a built-in directory role such as User Administrator, or of one that is listed in roles',
} as const;

function roleFaults(known: Known, kind: 'azure' | 'entra', name: string, place: string): readonly string[] {
  if (hasRole(known, kind, name)) {
    return [];
  }
  const other = (['azure', 'entra'] as const).find((candidate) => hasRole(known, candidate, name));
  const hint = other === undefined ? '' : `, which is a role of kind "${other}"`;
  return [`${place}: expected ${roleExamples[kind]}, found ${name}${hint}`];
}

function hasRole({ roles }: Known, kind: 'azure' | 'entra', name: string): boolean {
  return findRoleByName(kind, name) !== undefined || roles.some((role) => role.kind === kind && role.name.toLowerCase() === name.toLowerCase());
}

function principalFaults(known: Known, id: string, place: string): readonly string[] {
  return known.people.has(id.toLowerCase()) || known.groups.has(id.toLowerCase()) ? [] : [`${place}: expected the id of a person or group, found ${id}`];
}

/** Applications, too, may be in a group or hold a role; they cannot activate one. */
function memberFaults(known: Known, id: string, place: string): readonly string[] {
  return known.people.has(id.toLowerCase()) || known.groups.has(id.toLowerCase()) || known.apps.has(id.toLowerCase())
    ? []
    : [`${place}: expected the id of a person, group or app, found ${id}`];
}

function listedFaults(known: Known, id: string, place: string): readonly string[] {
  return isListed(known, id) ? [] : [`${place}: expected a scope that is listed in scopes, found ${id}`];
}

function isListed(known: Known, id: string): boolean {
  const wanted = normaliseScopeId(id);
  return wanted === '' || known.scopes.has(wanted.toLowerCase());
}

/** The scope and the containers that its path names. */
function lineage(id: string): readonly string[] {
  const container = containerOf(id);
  return container === null ? [id] : [id, ...lineage(container)];
}
