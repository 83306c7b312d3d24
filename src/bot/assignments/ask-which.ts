import { chooseOneCard, type Question } from '../../cards/choose-one.ts';
import { noticeCard } from '../../cards/notice.ts';
import { keepInquiry, type Inquiry } from './inquiry.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Turn } from '../turn.ts';

/** A card to choose from; where there is nothing to choose from, what to type instead. */
export async function askWhich(parts: BotParts, turn: Turn, inquiry: Inquiry & { readonly question: Question }): Promise<Reply> {
  const { question } = inquiry;
  const { about, asked, candidates } = question;
  if (candidates.length === 0 && about !== 'target') return { card: noticeCard(turn.reader, { key: `nothingFound.${about}`, params: { asked } }) };
  const inquiryId = await keepInquiry(parts, turn, inquiry);
  return { card: chooseOneCard(turn.reader, { inquiryId, question }) };
}
