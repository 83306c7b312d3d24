import { identitiesOf } from '../directory.ts';
import { parseFilter } from '../filter.ts';
import type { Filter } from '../filter.ts';
import { lastSegment } from '../guid.ts';
import { pageOf } from '../paging.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { isWithin } from '../scopes.ts';
import type { Scope } from '../scopes.ts';
import { requireRead } from './call.ts';
import type { ArmCall } from './call.ts';

/** What a PIM listing goes through, and how its items answer to a filter. */
export interface Listing<T> {
  /** Resource type whose `read` allows to see what others hold. */
  readonly readableAs: string;
  readonly items: readonly T[];
  readonly scopeOf: (item: T) => Scope;
  readonly principalOf: (item: T) => string;
  /** Functions about the caller, e.g. `asTarget`: they need no right at the scope. */
  readonly ownFunctions: Readonly<Record<string, (item: T) => boolean>>;
  /** Fields for `eq`, e.g. `status`. Values are compared by their last segment, whatever their case. */
  readonly fields: Readonly<Record<string, (item: T) => string>>;
  readonly toResource: (item: T) => unknown;
}

/**
 * A page of what a scope shows: what lies at the scope, what it inherits from above, and what lies below; `atScope()`
 * leaves out what lies below. Without a function about the caller it takes the right to read there. Throws `Refusal`.
 */
export function listAtScope<T>(call: ArmCall, listing: Listing<T>): Reply {
  const filter = parseFilter(call.incoming.query.get('$filter'), {
    functions: ['atScope', 'assignedTo', ...Object.keys(listing.ownFunctions)],
    fields: Object.keys(listing.fields),
  });
  const own = Object.entries(listing.ownFunctions).filter(([name]) => filter.functions.has(name.toLowerCase()));
  if (own.length === 0) {
    requireRead(call, listing.readableAs, call.scope);
  }
  const holders = holdersIn(call, filter);
  const shown = listing.items.filter(
    (item) =>
      isShownAt(call.scope, listing.scopeOf(item), filter) &&
      own.every(([, holds]) => holds(item)) &&
      (holders === null || holders.has(listing.principalOf(item))) &&
      equalsHold(filter, listing, item),
  );
  const page = pageOf(shown, call.incoming, call.pageSize);
  return ok({ ...page, value: page.value.map((item) => listing.toResource(item)) });
}

function isShownAt(scope: Scope, itemScope: Scope, filter: Filter): boolean {
  const inherited = isWithin(scope, itemScope);
  return inherited || (!filter.functions.has('atscope') && isWithin(itemScope, scope));
}

/** The ids that `assignedTo('…')` stands for; without an argument it is about the caller. `null`: it was not asked for. */
function holdersIn(call: ArmCall, { assignedTo }: Filter): ReadonlySet<string> | null {
  return assignedTo === null ? null : identitiesOf(call, assignedTo || call.caller.id);
}

function equalsHold<T>(filter: Filter, listing: Listing<T>, item: T): boolean {
  return Object.entries(listing.fields).every(([name, valueOf]) => {
    const wanted = filter.equals.get(name.toLowerCase());
    return wanted === undefined || lastSegment(wanted) === lastSegment(valueOf(item));
  });
}
