import { z } from 'zod';
import { findConversation } from '../../store/conversation-references.ts';
import type { Queries } from '../../store/database.ts';

const referenceSchema = z.object({ user: z.object({ id: z.string().min(1) }) });

/** The id that a person has in Teams, as their last activity said; `null` when the bot has never met them. */
export async function teamsUserIdOf(queries: Queries, personId: string): Promise<string | null> {
  const conversation = await findConversation(queries, personId);
  return referenceSchema.safeParse(conversation?.reference).data?.user.id ?? null;
}
