import { digestCard } from '../../src/cards/digest.ts';
import { digestOffCard, digestOnCard } from '../../src/cards/digest-settings.ts';
import type { Locale } from '../../src/cards/texts.ts';
import type { Elevation } from '../../src/pim/pim.ts';
import type { CardSample } from './every-card.ts';
import {
  alex, app, contributor, directory, elevation, later, lee, megan, member, now, opsLeads, owner, platform, production, readers, secretsOfficer, unreadEntra,
  userAdministrator, vault, why,
} from './samples.ts';

export function digestCards(locale: Locale): readonly CardSample[] {
  const reader = readers[locale];
  const daily = { time: '09:00', timeZone: reader.timeZone };
  const few = fewElevations(locale);
  const unread = [
    { scope: platform, code: 'notPermitted' },
    { scope: production, code: 'unavailable' },
    { scope: app, code: 'throttled' },
    { scope: vault, code: 'badAnswer' },
  ];
  const many = Array.from({ length: 300 }, (_, index) =>
    elevation(2000 + index, { ...alex, name: `Person ${index + 1}` }, contributor, {
      scope: { ...production, id: `${production.id}-${index % 40}`, name: `Subscription ${index % 40}` },
      justification: why[locale],
    }),
  );
  const ofAllKinds = [
    ...few,
    elevation(605, alex, userAdministrator, { scope: directory, justification: why[locale] }),
    elevation(606, lee, member, { scope: opsLeads, justification: '' }),
  ];
  return [
    { name: 'digest-some', card: digestCard(reader, { now, report: { elevations: few, unread: [], gaps: [] }, daily }) },
    { name: 'digest-incomplete', card: digestCard(reader, { now, report: { elevations: few.slice(0, 2), unread, gaps: unreadEntra }, daily: null }) },
    { name: 'digest-many', card: digestCard(reader, { now, report: { elevations: many, unread: [], gaps: [] }, daily }) },
    { name: 'digest-empty', card: digestCard(reader, { now, report: { elevations: [], unread: [], gaps: [] }, daily: null }) },
    { name: 'digest-of-all-kinds', card: digestCard(reader, { now, report: { elevations: ofAllKinds, unread: [], gaps: [] }, daily }) },
    { name: 'digest-nothing-read', card: digestCard(reader, { now, report: { elevations: [], unread, gaps: [] }, daily }) },
    { name: 'digest-drift', card: digestCard(reader, { now, report: { elevations: few.slice(0, 1), unread: [], gaps: [] }, daily, drift: { looser: 2, unread: 1 } }) },
    { name: 'digest-on', card: digestOnCard(reader, daily) },
    { name: 'digest-off', card: digestOffCard(reader) },
  ];
}

function fewElevations(locale: Locale): readonly Elevation[] {
  return [
    elevation(601, alex, contributor, { justification: why[locale] }),
    elevation(602, lee, owner, { scope: production, until: later(60 * 20), justification: '' }),
    elevation(603, megan, secretsOfficer, { scope: vault, justification: locale === 'ja' ? '証明書の更新' : 'Rotation of the certificate' }),
    elevation(604, lee, contributor, { until: null, justification: why[locale] }),
  ];
}
