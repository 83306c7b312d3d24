import { noticeCard } from '../../cards/notice.ts';
import { recordAudit } from '../../store/audit-log.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import { teamsUserIdOf } from '../door/teams-user-id.ts';
import type { Turn } from '../turn.ts';

/** `sign out`: the token service forgets the person, and so do we. */
export async function signOut(parts: BotParts, turn: Turn): Promise<Reply> {
  await parts.teamsSignIn?.signOut(turn.teamsUserId);
  parts.signIn.forget(turn.actor.id);
  await recordAudit(parts.store.db, {
    at: parts.clock.now(), actor: turn.actor, action: 'signOut', phase: 'outcome', requestId: null, details: { result: 'signedOut' },
  });
  return { card: noticeCard(turn.reader, { key: 'signedOut' }) };
}

/** The same when their time is over. */
export async function endSignIn(parts: BotParts, personId: string): Promise<void> {
  const teamsUserId = await teamsUserIdOf(parts.store.db, personId);
  if (teamsUserId !== null) await parts.teamsSignIn?.signOut(teamsUserId);
  parts.signIn.forget(personId);
}
