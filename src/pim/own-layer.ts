/** The bot's own settings at work: `own-settings.ts`, with the hierarchy of management groups asked for where it matters. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';
import { PimError } from './errors.ts';
import type { Role, RoleSettings, Scope } from './model.ts';
import { orPimError } from './or-pim-error.ts';
import { entriesFor, tighten, type BoundSettings, type OwnEntry } from './own-settings.ts';

export interface OwnLayer {
  readonly entries: readonly OwnEntry[];
  /**
   * What an activation is held to, by PIM's settings and ours. `null`: nobody may read PIM's, and we have none.
   * Never rejects for an unreadable hierarchy: then every entry that might bind does.
   */
  bind(settings: RoleSettings | null, target: { readonly role: Role; readonly scope: Scope }): Promise<BoundSettings | null>;
}

export interface OwnLayerParts {
  readonly entries: readonly OwnEntry[];
  readonly clock: Clock;
  /** Scope ids of what lies below a management group. Rejects with `PimError`. */
  readonly listDescendants: (managementGroup: Scope) => Promise<readonly string[]>;
}

/** A subscription seldom moves; one that has just moved in is bound after this time. */
const hierarchyGoodForMs = 10 * 60_000;
const unreadableGoodForMs = 30_000;

interface Hierarchy {
  readonly below: ReadonlySet<string> | null;
  readonly until: number;
}

export function createOwnLayer({ entries, clock, listDescendants }: OwnLayerParts): OwnLayer {
  const hierarchies = new LRUCache<string, Hierarchy>({ max: 100 });
  const descendants = async (group: Scope): Promise<ReadonlySet<string> | null> => {
    const known = hierarchies.get(group.id);
    if (known !== undefined && known.until > clock.now().getTime()) return known.below;
    const below = await readBelow(group);
    hierarchies.set(group.id, { below, until: clock.now().getTime() + (below === null ? unreadableGoodForMs : hierarchyGoodForMs) });
    return below;
  };
  const readBelow = async (group: Scope): Promise<ReadonlySet<string> | null> => {
    const ids = await orPimError(listDescendants(group));
    return ids instanceof PimError ? null : new Set(ids.map((id) => id.toLowerCase()));
  };
  return {
    entries,
    bind: async (settings, target) => {
      const binding = await entriesFor(entries, target, descendants);
      return settings === null && binding.length === 0 ? null : tighten(settings, binding);
    },
  };
}
