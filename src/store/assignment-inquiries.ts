import type { Queries } from './database.ts';

/**
 * Something about assignments that a person has asked for, with what is known of it so far: a card that offers candidates,
 * or shows a list, names it by this id, and the candidates stay with us. It never changes: each answer is a new one.
 */
export interface StoredInquiry {
  readonly inquiryId: string;
  /** Entra object id: nobody else can go on with it. */
  readonly personId: string;
  /** Plain data. */
  readonly inquiry: unknown;
}

export async function saveInquiry(queries: Queries, { inquiryId, personId, inquiry }: StoredInquiry, at: Date): Promise<void> {
  await queries
    .insertInto('assignment_inquiries')
    .values({ inquiry_id: inquiryId, person_id: personId, inquiry: JSON.stringify(inquiry), created_at: at })
    .execute();
}

export async function findInquiry(queries: Queries, inquiryId: string): Promise<StoredInquiry | null> {
  const row = await queries.selectFrom('assignment_inquiries').selectAll().where('inquiry_id', '=', inquiryId).executeTakeFirst();
  return row === undefined ? null : { inquiryId: row.inquiry_id, personId: row.person_id, inquiry: row.inquiry };
}
