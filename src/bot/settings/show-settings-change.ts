import type { AdaptiveCard } from '../../cards/adaptive-card.ts';
import { settingsChangeCard, type ShownRoleChange } from '../../cards/settings-change.ts';
import type { Reader } from '../../cards/texts.ts';
import { notesOn } from '../../pim/settings/check-change.ts';
import { compareSettings } from '../../pim/settings/compare-settings.ts';
import type { RoleChange, SettingsChange } from '../../store/settings-changes.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** `nothing`: there is nothing to write, and why is to be said. */
type ShownChange = Pick<SettingsChange, 'requestId' | 'version' | 'roles' | 'approvers' | 'unchanged'> & { readonly state: SettingsChange['state'] | 'nothing' };

export function showSettingsChange(turn: Turn, change: ShownChange): Reply {
  return { card: settingsCardOf(turn.reader, change) };
}

/** The administrator's card, as the change stands. */
export function settingsCardOf(reader: Reader, change: ShownChange): AdaptiveCard {
  return settingsChangeCard(reader, { ...change, roles: change.roles.map(shownRole) });
}

function shownRole({ policy, change, given, roundedFrom, outcome }: RoleChange): ShownRoleChange {
  const { elevationDuration } = change;
  return {
    policy,
    differences: compareSettings(policy.settings, change),
    notes: notesOn(policy, change, given),
    rounded: roundedFrom === null || elevationDuration === undefined ? null : { from: roundedFrom, to: elevationDuration },
    outcome,
  };
}
