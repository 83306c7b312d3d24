import { nearestOf } from '../../nearest.ts';
import { parseActivation, parseRoleWords } from './parse-activation.ts';
import {
  parseAssign, parseAssignments, parseJapaneseAssign, parseJapaneseQuestion, parseJapaneseUnassign, parsePlannedAssignments, parseUnassign, parseWhoAmI, parseWhoHas,
  parseWhoIs,
} from './parse-assignment.ts';
import { parseSettingsCommand } from './parse-settings.ts';
import type { Command } from './command.ts';

type Parse = (rest: string) => Command;

const digest: Parse = (rest) => {
  const on = /^(?:on|at|daily|every day|毎日)?\s*(?:at\s+)?(\S.*)$/i.exec(rest);
  if (rest === '' || /^(now|今|今すぐ)$/i.test(rest)) return { name: 'digestNow' };
  if (/^(off|stop|停止|オフ)$/i.test(rest)) return { name: 'digestOff' };
  return { name: 'digestOn', time: timeOfDay(on?.[1] ?? '') };
};

type Beginnings = readonly (readonly [words: readonly string[], parse: Parse])[];

/** Words a command can begin with that say what to do. Longer ones first, so that "割り当て解除" is not read as "割り当て". */
const changes: Beginnings = [
  [['deactivate', '非アクティブ化', '無効化'], (rest) => ({ name: 'deactivate', ...parseRoleWords(rest) })],
  [['activate', 'アクティブ化', '有効化'], (rest) => ({ name: 'activate', ...parseActivation(rest) })],
  [['unassign'], parseUnassign],
  [['割り当て解除', '割当解除', '割り当てを解除'], parseJapaneseUnassign],
  [['assign'], parseAssign],
  [['割り当て', '割当'], parseJapaneseAssign],
];

/** Words that ask for something; a Japanese question begins with a name, which may begin like one of them. */
const questions: Beginnings = [
  [['help', 'hello', 'hi', 'hey', '?', 'ヘルプ', '使い方', 'こんにちは'], () => ({ name: 'help' })],
  [['who has', 'who holds'], parseWhoHas],
  [['who is', "who's"], parseWhoIs],
  [['who am i'], parseWhoAmI],
  [['planned assignments', 'scheduled assignments'], parsePlannedAssignments],
  [['assignments', 'assignment'], parseAssignments],
  [['active', 'アクティブ'], () => ({ name: 'active' })],
  [['roles', 'role', 'my roles', 'ロール', '役割'], () => ({ name: 'roles' })],
  [['approvals', 'approval', 'approve', '承認'], () => ({ name: 'approvals' })],
  [['digest', 'ダイジェスト'], digest],
  [['sign out', 'signout', 'log out', 'logout', 'サインアウト', 'ログアウト'], () => ({ name: 'signOut' })],
];

/** The words that people are told of, in English and Japanese. */
const commandWords = [
  'help', 'roles', 'activate', 'active', 'deactivate', 'approvals', 'digest', 'sign out', 'assign', 'unassign', 'who has', 'who is', 'assignments', 'settings',
  'ヘルプ', 'ロール', 'アクティブ化', 'アクティブ', '非アクティブ化', '承認', 'ダイジェスト', 'サインアウト', '割り当て', '割り当て解除', '設定',
] as const;

/** Reads a message in English or Japanese. Never throws: what is not understood is `unknown`, with the nearest command. */
export function parseCommand(message: string): Command {
  const settings = parseSettingsCommand(message);
  if (settings !== null) return settings;
  const text = plain(message);
  const command = begun(text, changes) ?? parseJapaneseQuestion(text) ?? begun(text, questions);
  if (command !== null) return command;
  const first = text.split(/\s/, 1)[0] ?? '';
  return { name: 'unknown', text, nearest: nearestOf(first, commandWords) };
}

function begun(text: string, beginnings: Beginnings): Command | null {
  for (const [words, parse] of beginnings) {
    const word = words.find((candidate) => beginsWith(text, candidate));
    if (word !== undefined) return parse(text.slice(word.length).replace(/^[\s:、,]+/, '').trim());
  }
  return null;
}

/** Full-width letters and spaces become plain, mentions of the bot go, white space is one space. */
function plain(message: string): string {
  return message.slice(0, 2_000).normalize('NFKC').slice(0, 2_000).replace(/<at>[^<]*<\/at>/g, ' ').replace(/\s+/g, ' ').trim().replace(/(?<![.!。])[.!。]+$/, '');
}

/** Latin words must end where the command ends ("active" is not "activate"); Japanese has no spaces. */
function beginsWith(text: string, word: string): boolean {
  if (!text.toLowerCase().startsWith(word)) return false;
  const next = text.charAt(word.length);
  return next === '' || !/[a-z]/i.test(word.slice(-1)) || !/[\p{Letter}\p{Number}]/u.test(next);
}

/** `9`, `9:00`, `09:30`, `9時`, `9時30分`, `5 pm` → `HH:mm`; anything else `null`. */
function timeOfDay(text: string): string | null {
  const match = /^(\d{1,2})(?:(?::|時)(\d{2})?分?)?\s*(am|pm)?$/i.exec(text.trim());
  if (match === null) return null;
  const [, hourText = '', minuteText = '0', half = ''] = match;
  const minute = Number(minuteText);
  let hour = Number(hourText);
  if (half !== '' && (hour < 1 || hour > 12)) return null;
  if (half !== '') hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
