import type { Queries } from './database.ts';

/** What a person wanted when a sign-in came in between: a text that was typed, or what a card sent. */
export interface InterruptedTurn {
  /** Entra object id. */
  readonly personId: string;
  readonly text: string;
  /** What a card sent, without anything of a sign-in; `null`: a text was typed. */
  readonly action: unknown;
  /** What was read of a file that came along, as plain data; never its address. `null`: there was none. */
  readonly file: unknown;
  /** The card that was clicked and waits for its answer. */
  readonly cardActivityId: string | null;
  readonly locale: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Remembers it until the person has signed in; of several, the last. */
export async function keepInterruptedTurn(queries: Queries, turn: InterruptedTurn, at: Date): Promise<void> {
  const values = {
    text: turn.text,
    action: turn.action === null ? null : JSON.stringify(turn.action),
    file: turn.file === null ? null : JSON.stringify(turn.file),
    card_activity_id: turn.cardActivityId,
    locale: turn.locale,
    time_zone: turn.timeZone,
    at,
  };
  await queries
    .insertInto('interrupted_turns')
    .values({ person_id: turn.personId, ...values })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(values))
    .execute();
}

/** Takes it out, so that it is carried out once; `null` when there is none, or when it is older than `notBefore`. */
export async function takeInterruptedTurn(queries: Queries, personId: string, notBefore: Date): Promise<InterruptedTurn | null> {
  const row = await queries
    .deleteFrom('interrupted_turns')
    .where('person_id', '=', personId)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined || row.at < notBefore) return null;
  return { personId, text: row.text, action: row.action, file: row.file, cardActivityId: row.card_activity_id, locale: row.locale, timeZone: row.time_zone };
}
