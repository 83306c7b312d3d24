import { activeCard } from '../../src/cards/active.ts';
import { chooseRoleCard } from '../../src/cards/choose-role.ts';
import { rolesCard } from '../../src/cards/roles.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { CardSample } from './every-card.ts';
import { alex, fewActive, fewEligible, manyEligible, now, readers, request, secretsOfficer } from './samples.ts';

export function roleCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const nothing = { now, eligible: [], active: [], pending: [] };
  return [
    {
      name: 'roles-few',
      card: rolesCard(reader, { now, eligible: fewEligible, active: fewActive, pending: [request(501, alex, secretsOfficer, locale)] }),
    },
    { name: 'roles-many', card: rolesCard(reader, { ...nothing, eligible: manyEligible }) },
    { name: 'roles-one', card: rolesCard(reader, { ...nothing, eligible: fewEligible.slice(0, 1) }) },
    { name: 'roles-empty', card: rolesCard(reader, nothing) },
    { name: 'choose-role-ambiguous', card: chooseRoleCard(reader, { asked: 'contrib', why: 'ambiguous', candidates: fewEligible }) },
    { name: 'choose-role-unknown', card: chooseRoleCard(reader, { asked: 'contributer', why: 'unknown', candidates: fewEligible }) },
    { name: 'choose-role-unknown-none', card: chooseRoleCard(reader, { asked: 'owner', why: 'unknown', candidates: [] }) },
    { name: 'choose-role-not-named', card: chooseRoleCard(reader, { asked: '', why: 'notNamed', candidates: manyEligible }) },
    { name: 'choose-role-not-named-none', card: chooseRoleCard(reader, { asked: '', why: 'notNamed', candidates: [] }) },
    { name: 'active-some', card: activeCard(reader, { now, active: fewActive }) },
    { name: 'active-empty', card: activeCard(reader, { now, active: [] }) },
  ];
}
