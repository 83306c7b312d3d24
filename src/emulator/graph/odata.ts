import { pageOf } from '../paging.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { contextUrl } from './call.ts';
import type { GraphCall } from './call.ts';
import { holds } from './odata-filter.ts';
import { parseQuery } from './odata-query.ts';
import type { EntityType, Order } from './odata-query.ts';

/** One entity, with `$select` and `$expand`. `context` is what its `@odata.context` names, e.g. `users/$entity`. Throws `Refusal`. */
export function entityReply<T>(call: GraphCall, context: string, type: EntityType<T>, item: T): Reply {
  const { view } = parseQuery(call.incoming.query, type, 'entity');
  return ok({ '@odata.context': contextUrl(call, context), ...view(item) });
}

/** A page of a collection, with every query option. `$filter` looks at what `toObject` answers. Throws `Refusal`. */
export function collectionReply<T>(call: GraphCall, context: string, type: EntityType<T>, items: readonly T[]): Reply {
  const { filter, order, top, counts, view } = parseQuery(call.incoming.query, type, 'collection');
  const candidates = items.map((item) => ({ item, entity: type.toObject(item) }));
  const wanted = filter === null ? candidates : candidates.filter(({ entity }) => holds(filter, entity));
  const sorted = order === null ? wanted : inOrder(wanted, order);
  const { value, nextLink } = pageOf(sorted, call.incoming, top ?? call.pageSize);
  return ok({
    '@odata.context': contextUrl(call, context),
    ...(counts ? { '@odata.count': wanted.length } : {}),
    ...(nextLink === undefined ? {} : { '@odata.nextLink': nextLink }),
    value: value.map(({ item }) => view(item)),
  });
}

/** What compares as equal keeps its order, and is turned round with the rest. */
function inOrder<C extends { readonly entity: object }>(candidates: readonly C[], { compare, isDescending }: Order): readonly C[] {
  const sorted = candidates.toSorted((a, b) => compare(a.entity, b.entity));
  return isDescending ? sorted.toReversed() : sorted;
}
