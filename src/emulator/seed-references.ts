import { roundElevationDuration } from './duration.ts';
import { findRoleByName } from './roles.ts';
import { containerOf, normaliseScopeId, scopeType } from './scopes.ts';
import type { Seed, SeedEligible, SeedRoleSettings, SeedSettings } from './seed.ts';

/**
 * What a schema cannot say: that every reference reaches something, and that no setting contradicts another.
 * Each fault reads `place: expected …`.
 */
export function findSeedFaults(seed: Seed): readonly string[] {
  return [
    ...unknownMembers(seed),
    ...scopeFaults(seed),
    ...grantFaults(seed),
    ...(seed.eligible ?? []).flatMap((entry, i) => eligibleFaults(seed, entry, `eligible[${i}]`)),
    ...(seed.settings ?? []).flatMap((entry, i) => settingsFaults(seed, entry, `settings[${i}]`)),
  ];
}

function unknownMembers(seed: Seed): readonly string[] {
  return (seed.groups ?? []).flatMap((group, g) =>
    group.members.flatMap((id, m) =>
      has(seed.people, id) || has(seed.groups, id) || has(seed.apps, id)
        ? []
        : [`groups[${g}].members[${m}]: expected the id of a person, group or app, found ${id}`],
    ),
  );
}

function scopeFaults(seed: Seed): readonly string[] {
  return (seed.scopes ?? []).flatMap((scope, i) => {
    const parent = scope.parent;
    if (parent === undefined || parent === '/') {
      return [];
    }
    const movable = ['managementgroup', 'subscription'].includes(scopeType(scope.id) ?? '');
    const known = scopeType(parent) === 'managementgroup' && isListed(seed, parent);
    return movable && known && !isOwnAncestor(seed, scope.id)
      ? []
      : [`scopes[${i}].parent: expected a listed management group above a subscription or management group`];
  });
}

function isOwnAncestor(seed: Seed, id: string): boolean {
  const parentOf = (of: string): string | undefined => seed.scopes?.find((scope) => sameText(scope.id, of))?.parent;
  const seen = new Set<string>();
  for (let at = parentOf(id); at !== undefined && !seen.has(at.toLowerCase()); at = parentOf(at)) {
    if (sameText(at, id)) {
      return true;
    }
    seen.add(at.toLowerCase());
  }
  return false;
}

function grantFaults(seed: Seed): readonly string[] {
  const apps = (seed.apps ?? []).flatMap((app, a) =>
    (app.roles ?? []).flatMap((grant, r) => [
      ...roleFaults(grant.role, `apps[${a}].roles[${r}].role`),
      ...listedFaults(seed, grant.scope, `apps[${a}].roles[${r}].scope`),
    ]),
  );
  const administrators = (seed.administrators ?? []).flatMap((entry, i) => [
    ...principalFaults(seed, entry.principalId, `administrators[${i}].principalId`),
    ...listedFaults(seed, entry.scope, `administrators[${i}].scope`),
  ]);
  return [...apps, ...administrators];
}

function eligibleFaults(seed: Seed, entry: SeedEligible, place: string): readonly string[] {
  const backwards = entry.start !== undefined && entry.end !== undefined && Date.parse(entry.end) <= Date.parse(entry.start);
  return [
    ...principalFaults(seed, entry.principalId, `${place}.principalId`),
    ...targetFaults(seed, entry, place),
    ...(backwards ? [`${place}.end: expected a time after the start`] : []),
  ];
}

function settingsFaults(seed: Seed, entry: SeedSettings, place: string): readonly string[] {
  const asks = entry.settings;
  const conflict = asks.mfaOnElevation === true && entry.authenticationContext !== undefined;
  return [
    ...targetFaults(seed, entry, place),
    ...durationFaults(asks, `${place}.settings.elevationDuration`),
    ...approverFaults(seed, asks, `${place}.settings.approverIds`),
    ...(conflict ? [`${place}.authenticationContext: expected none beside mfaOnElevation (MfaAndAcrsConflict)`] : []),
  ];
}

function targetFaults(seed: Seed, entry: SeedEligible | SeedSettings, place: string): readonly string[] {
  switch (entry.kind) {
    case 'azure':
      return [...roleFaults(entry.role, `${place}.role`), ...listedFaults(seed, entry.scope, `${place}.scope`)];
    case 'group':
      return has(seed.groups, entry.scope) ? [] : [`${place}.scope: expected the id of a group, found ${entry.scope}`];
    case 'entra':
      return [];
  }
}

function durationFaults(asks: SeedRoleSettings, place: string): readonly string[] {
  const text = asks.elevationDuration;
  return text === undefined || roundElevationDuration(text) !== null
    ? []
    : [`${place}: expected PT30M to P3DT2H once rounded, found ${text}`];
}

function approverFaults(seed: Seed, asks: SeedRoleSettings, place: string): readonly string[] {
  const ids = asks.approverIds ?? [];
  if (asks.approvalOnElevation === true && ids.length === 0) {
    return [`${place}: expected at least one approver, as approvalOnElevation is true`];
  }
  return ids.flatMap((id, i) => principalFaults(seed, id, `${place}[${i}]`));
}

function roleFaults(name: string, place: string): readonly string[] {
  return findRoleByName(name) === undefined
    ? [`${place}: expected a built-in role that the README lists, such as Owner, Contributor or Reader, found ${name}`]
    : [];
}

function principalFaults(seed: Seed, id: string, place: string): readonly string[] {
  return has(seed.people, id) || has(seed.groups, id) ? [] : [`${place}: expected the id of a person or group, found ${id}`];
}

function listedFaults(seed: Seed, id: string, place: string): readonly string[] {
  return isListed(seed, id) ? [] : [`${place}: expected one of the seed's scopes, found ${id}`];
}

function isListed(seed: Seed, id: string): boolean {
  const wanted = normaliseScopeId(id);
  const listed = (seed.scopes ?? []).map((scope) => scope.id);
  return wanted === '' || listed.some((scope) => lineage(scope).some((at) => sameText(at, wanted)));
}

/** The scope and the containers that its path names. */
function lineage(id: string): readonly string[] {
  const container = containerOf(id);
  return container === null ? [id] : [id, ...lineage(container)];
}

function has(entries: readonly { readonly id: string }[] | undefined, id: string): boolean {
  return (entries ?? []).some((entry) => sameText(entry.id, id));
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
