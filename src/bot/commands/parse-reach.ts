import type { ReachWords } from './command.ts';

const below = /(?:^|[\s,]+)(?:and |with |also |including )+(?:what is |everything )?below(?=\s|$)|[\s、,]*(?:配下|下位)(?:のもの)?も(?:含めて|含む|表示)?(?=\s|$|配下|下位|今後|予定)/iu;
const later = /(?:^|[\s,]+)(?:and |with |also |including )+(?:the )?(?:later|planned|scheduled)(?: ones)?(?=\s|$)|[\s、,]*(?:今後|予定)(?:のもの)?も(?:含めて|含む|表示)?(?=\s|$|配下|下位|今後|予定)/iu;

/** Takes "also below", "including planned ones", "配下も", "今後も" … out of the text. */
export function takeReach(text: string): { readonly rest: string; readonly reach: ReachWords } {
  const rest = text.replace(below, ' ').replace(later, ' ').replaceAll(/\s+/gu, ' ').trim();
  return { rest, reach: { ...(below.test(text) ? { below: true } : {}), ...(later.test(text) ? { later: true } : {}) } };
}
