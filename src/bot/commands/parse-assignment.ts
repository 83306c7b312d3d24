import type { AssignmentSide, Ticket } from '../../pim/model.ts';
import type { AssignmentCommand, ReachWords, RoleAtWords, TargetWords } from './command.ts';
import { parseGroupRole, parseRoleWords } from './parse-activation.ts';
import { takePeriod } from './parse-period.ts';
import { takeReach } from './parse-reach.ts';
import { takeTicket } from './parse-ticket.ts';
import { takeStart } from './parse-start.ts';
import { withoutQuoted } from './quoted.ts';

/** `Reader to alex on rg-web as active for 30 days because audit`. Every part may be missing. */
export function parseAssign(typed: string): AssignmentCommand {
  return assign(typed, inEnglish(/(?:^|\s+)to\s+/iu));
}

/** `Reader を alex に rg-web で 30日 理由 監査`. */
export function parseJapaneseAssign(typed: string): AssignmentCommand {
  return assign(typed, (text) => inEnglish(/(?:^|\s+)to\s+/iu)(text) ?? inJapanese(text));
}

/** `Reader from alex on rg-web`. */
export function parseUnassign(typed: string): AssignmentCommand {
  return unassign(typed, inEnglish(/(?:^|\s+)from\s+/iu));
}

/** `Reader を alex から rg-web で`. */
export function parseJapaneseUnassign(typed: string): AssignmentCommand {
  return unassign(typed, (text) => inEnglish(/(?:^|\s+)from\s+/iu)(text) ?? inJapanese(text));
}

/** `Reader on rg-web`, `member of "Ops leads"`. */
export function parseWhoHas(typed: string): AssignmentCommand {
  const { text, restore, reach } = asked(typed);
  return { name: 'whoHas', ...restored(roleAt(text), restore), ...reach };
}

type ListCommand = Extract<AssignmentCommand, { name: 'whoIs' | 'assignmentsOn' }>;

/** `alex`, `alex on rg-web also below`, `rg-web で alex`. */
export function parseWhoIs(typed: string): ListCommand {
  const { text, restore, reach } = asked(typed);
  const [, scopeFirst, principalLast] = /^(.+?)\s*で\s+(.+)$/u.exec(text) ?? [];
  const [, principal = text, scope = ''] = scopeFirst === undefined ? /^(.+?)\s+(?:on|at|in|@)\s+(.+)$/iu.exec(text) ?? [] : [text, principalLast, scopeFirst];
  return { name: 'whoIs', principal: restore(principal), scope: restore(scope), ...reach };
}

/** `who am I`, `who am I on rg-web`. */
export function parseWhoAmI(typed: string): AssignmentCommand {
  return parseWhoIs(`me ${typed}`);
}

/** `on rg-web`, `of alex`. */
export function parseAssignments(typed: string): ListCommand {
  const ofPerson = /^(?:of|for)\s+(.+)$/iu.exec(typed)?.[1];
  if (ofPerson !== undefined) return parseWhoIs(ofPerson);
  const { text, restore, reach } = asked(typed);
  return { name: 'assignmentsOn', scope: restore(text.replace(/^(?:on|at|in|@)\s+/iu, '')), ...reach };
}

/** `planned assignments on rg-web`: with those that have not begun. */
export function parsePlannedAssignments(typed: string): AssignmentCommand {
  return { ...parseAssignments(typed), later: true };
}

interface Asked extends Pick<Prepared, 'text' | 'restore'> {
  readonly reach: ReachWords;
}

function asked(typed: string): Asked {
  const { text, restore } = withoutQuoted(typed.replace(/\s*\?+$/u, ''));
  const { rest, reach } = takeReach(text);
  return { text: rest, restore, reach };
}

/** Japanese puts the command at the end. */
const atTheEnd: readonly (readonly [RegExp, (words: string) => AssignmentCommand])[] = [
  [/^(.+?)\s*を\s*(?:持っている|持つ|保持している)\s*(?:人|ユーザー|の)?\s*(?:は\s*誰|は|一覧)?\s*(?:ですか)?\?*$/u, parseWhoHas],
  [/^(.+?)\s*(?:が|の)\s*(?:持っている|持つ|保持している)\s*(?:ロール|役割|権限|もの)\s*(?:は|一覧)?\?*$/u, parseWhoIs],
  [/^(.+?)\s*は\s*誰\s*(?:ですか)?\?*$/u, parseWhoIs],
  [/^(.+?)\s*の\s*(?:割り?当て|割当)\s*(?:は|一覧)?\?*$/u, parseAssignments],
];

const reachAtTheEnd = /(?:[\s、,]*(?:配下|下位|今後|予定)(?:のもの)?も(?:含めて|含む|表示)?)+\?*$/u;

/** `null`: nothing that ends like one of the Japanese questions. */
export function parseJapaneseQuestion(text: string): AssignmentCommand | null {
  const question = text.replace(reachAtTheEnd, '');
  for (const [pattern, parse] of atTheEnd) {
    const words = pattern.exec(question)?.[1];
    if (words !== undefined) return parse(`${words} ${text.slice(question.length)}`.trim());
  }
  return null;
}

type Words = RoleAtWords & { readonly principal: string };
/** `null`: it is not in this order. */
type ReadTarget = (text: string) => Words | null;

function assign(typed: string, read: ReadTarget): AssignmentCommand {
  const { text, ticket, justification, restore } = prepared(typed.replace(/から(?=\d)/gu, 'から '));
  const { rest: withStart, period } = takePeriod(text);
  const { rest, starts } = takeStart(withStart);
  return {
    name: 'assign',
    ...targetOf(rest, read, restore),
    period: period.kind === 'until' ? { ...period, words: restore(period.words) } : period,
    starts: restore(starts),
    ticket,
    justification,
  };
}

function unassign(typed: string, read: ReadTarget): AssignmentCommand {
  const { text, ticket, justification, restore } = prepared(typed);
  return { name: 'unassign', ...targetOf(text, read, restore), ticket, justification };
}

const because = /(?:^|\s)(?:because(?:\s+of\b)?|reason:?|理由[は:]?)\s*/iu;

interface Prepared {
  readonly text: string;
  readonly ticket: Ticket | null;
  readonly justification: string;
  readonly restore: (words: string) => string;
}

function prepared(typed: string): Prepared {
  const match = because.exec(typed);
  const request = match === null ? typed : typed.slice(0, match.index);
  const justification = match === null ? '' : typed.slice(match.index + match[0].length).trim();
  const { text, restore } = withoutQuoted(request);
  const { rest, ticket } = takeTicket(text);
  return { text: rest, ticket: ticket === null ? null : { number: restore(ticket.number), system: restore(ticket.system) }, justification, restore };
}

/** `Reader on rg-web`, `member of "Ops leads"`, `rg-web の Reader`. */
export function parseRoleAt(typed: string): RoleAtWords {
  const { text, restore } = withoutQuoted(typed);
  return restored(roleAt(text), restore);
}

type Target = Omit<TargetWords, 'ticket' | 'justification'>;

function targetOf(text: string, read: ReadTarget, restore: Prepared['restore']): Target {
  const { rest, side } = takeSide(text);
  const words = read(rest) ?? { ...roleAt(rest), principal: '' };
  return { ...restored(words, restore), principal: restore(words.principal), side };
}

function restored(words: RoleAtWords, restore: Prepared['restore']): RoleAtWords {
  return { role: restore(words.role), scope: restore(words.scope), ofGroup: words.ofGroup };
}

const sides: readonly (readonly [RegExp, AssignmentSide])[] = [
  [/^eligible(?:\s+|$)|(?:^|\s)as\s+(?:an?\s+)?eligible(?:\s+assignment)?(?=\s|$)|(?:^|\s)(?:対象|資格あり|資格)(?:割り?当て)?(?:\s?として|で)?(?=\s|$)/iu, 'eligible'],
  [/^active(?:\s+|$)|(?:^|\s)as\s+(?:an?\s+)?active(?:\s+assignment)?(?=\s|$)|(?:^|\s)アクティブ(?:割り?当て)?(?:\s?として|で)?(?=\s|$)/iu, 'active'],
];

function takeSide(text: string): { readonly rest: string; readonly side: AssignmentSide | null } {
  for (const [pattern, side] of sides) {
    if (pattern.test(text)) return { rest: oneSpaced(text.replace(pattern, ' ')), side };
  }
  return { rest: text, side: null };
}

function oneSpaced(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').trim();
}

/** `<role> to <person> [on <scope>]`, also `<role> on <scope> to <person>`. */
function inEnglish(separator: RegExp): ReadTarget {
  return (text) => {
    const match = separator.exec(text);
    if (match === null) return null;
    const { role: principal, scope } = parseRoleWords(text.slice(match.index + match[0].length));
    const role = roleAt(text.slice(0, match.index));
    return { ...role, scope: role.scope === '' ? scope : role.scope, principal };
  };
}

const spacedParticle = /\s*(を|から|に|へ|で)(?:\s+|$)/u;
const anyParticle = /(を|から|に|へ|で)/u;

/**
 * `<role> を <person> に <scope> で` in any order; without particles role, person and scope in this order. Where there are
 * spaces, a particle ends a word: names may contain the same letters.
 */
function inJapanese(text: string): Words | null {
  if (!/[ぁ-ん]/u.test(text)) return inOrder(text);
  const parts = text.split(/(?:を|から|に|へ|で)\s/u.test(text) ? spacedParticle : anyParticle);
  const named: Record<'role' | 'principal' | 'scope', string> = { role: '', principal: '', scope: '' };
  for (let at = 0; at < parts.length; at += 2) {
    const words = parts[at]?.trim() ?? '';
    if (words !== '') named[placeOf(parts[at + 1], named)] = words;
  }
  const role = roleAt(named.role);
  return { ...role, scope: role.scope === '' ? named.scope : role.scope, principal: named.principal };
}

function placeOf(particle: string | undefined, named: Readonly<Record<'role' | 'principal' | 'scope', string>>): 'role' | 'principal' | 'scope' {
  if (particle === 'を') return 'role';
  if (particle === 'に' || particle === 'へ' || particle === 'から') return 'principal';
  if (particle === 'で') return 'scope';
  if (named.role === '') return 'role';
  return named.principal === '' ? 'principal' : 'scope';
}

function inOrder(text: string): Words | null {
  const [role = '', principal, scope = '', ...more] = text.split(/\s+/u);
  return principal === undefined || more.length > 0 ? null : { role, scope, ofGroup: false, principal };
}

/** `Reader on rg-web`, `member of Ops leads`, `rg-web の Reader`, `Ops leads の メンバー`. */
function roleAt(text: string): RoleAtWords {
  const words = text.trim();
  const ofGroup = parseGroupRole(words);
  return ofGroup === null ? { ...parseRoleWords(words), ofGroup: false } : { ...ofGroup, ofGroup: true };
}
