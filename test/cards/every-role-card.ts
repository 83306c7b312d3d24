import { activeCard } from '../../src/cards/active.ts';
import { chooseRoleCard } from '../../src/cards/choose-role.ts';
import { rolesCard } from '../../src/cards/roles.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { CardSample } from './every-card.ts';
import {
  alex, allKinds, allKindsActive, app, below, consentUrl, contributor, eligible, everyGap, fewActive, fewEligible, guid, later, manyEligible, now, owner, readers, request, secretsOfficer, unreadEntra,
} from './samples.ts';

export function roleCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const nothing = { now, eligible: [], active: [], pending: [], gaps: [] };
  const tooMany = [{ kind: 'azure', why: 'tooManyScopes' }] as const;
  return [
    {
      name: 'roles-few',
      card: rolesCard(reader, { ...nothing, eligible: fewEligible, active: fewActive, pending: [request(501, alex, secretsOfficer, locale)] }),
    },
    {
      name: 'roles-with-what-waits-here',
      card: rolesCard(reader, { ...nothing, eligible: fewEligible, active: fewActive, pending: [request(501, alex, secretsOfficer, locale)], kept: [
        { requestId: guid(502), role: contributor, scope: app, state: 'approved', askedAt: later(-20) },
        { requestId: guid(503), role: secretsOfficer, scope: app, state: 'held', askedAt: later(-35) },
      ] }),
    },
    { name: 'roles-many', card: rolesCard(reader, { ...nothing, eligible: manyEligible }) },
    { name: 'roles-one', card: rolesCard(reader, { ...nothing, eligible: fewEligible.slice(0, 1) }) },
    { name: 'roles-empty', card: rolesCard(reader, nothing) },
    { name: 'roles-of-all-kinds', card: rolesCard(reader, { ...nothing, eligible: allKinds, active: allKindsActive }) },
    { name: 'roles-one-kind-unread', card: rolesCard(reader, { ...nothing, eligible: fewEligible, gaps: unreadEntra }) },
    { name: 'roles-nothing-read', card: rolesCard(reader, { ...nothing, gaps: everyGap, consentUrl }) },
    ...(['notPermitted', 'licenceMissing', 'signInRequired', 'stepUpRequired', 'throttled', 'unexpected'] as const).map((why) => ({
      name: `roles-unread-${why.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`,
      card: rolesCard(reader, { ...nothing, eligible: fewEligible.slice(0, 1), gaps: [{ kind: 'group', why }] }),
    })),
    { name: 'choose-role-ambiguous', card: chooseRoleCard(reader, { asked: 'contrib', why: 'ambiguous', candidates: fewEligible, gaps: [] }) },
    { name: 'choose-role-unknown', card: chooseRoleCard(reader, { asked: 'contributer', why: 'unknown', candidates: fewEligible, gaps: [] }) },
    { name: 'choose-role-unknown-none', card: chooseRoleCard(reader, { asked: 'owner', why: 'unknown', candidates: [], gaps: [] }) },
    { name: 'choose-role-not-named', card: chooseRoleCard(reader, { asked: '', why: 'notNamed', candidates: manyEligible, gaps: [] }) },
    { name: 'choose-role-not-named-none', card: chooseRoleCard(reader, { asked: '', why: 'notNamed', candidates: [], gaps: [] }) },
    { name: 'choose-role-unknown-unread', card: chooseRoleCard(reader, { asked: 'User Administrator', why: 'unknown', candidates: fewEligible, gaps: unreadEntra }) },
    { name: 'choose-role-not-named-unread', card: chooseRoleCard(reader, { asked: '', why: 'notNamed', candidates: [], gaps: unreadEntra }) },
    {
      name: 'choose-role-below',
      card: chooseRoleCard(reader, { asked: 'Owner · rg-web', why: 'ambiguous', candidates: below.map((scope, index) => eligible(140 + index, owner, scope)), gaps: [] }),
    },
    { name: 'active-some', card: activeCard(reader, { now, active: fewActive, gaps: [] }) },
    { name: 'active-empty', card: activeCard(reader, { now, active: [], gaps: [] }) },
    { name: 'active-of-all-kinds', card: activeCard(reader, { now, active: allKindsActive, gaps: tooMany }) },
    { name: 'active-nothing-read', card: activeCard(reader, { now, active: [], gaps: unreadEntra }) },
  ];
}
