import type { RoleAtWords, SettingsCommand } from './command.ts';
import { parseRoleAt } from './parse-assignment.ts';

const beginning = /^(?:(?:role\s+)?settings?(?![\p{Letter}\p{Number}])|(?:ロールの?\s*)?設定)[\s:、,]*/iu;
const atTheEnd = /^(?<words>[^{[]+?)\s*の\s*設定\s*[??。]?$/u;
const applying = /^(?:apply(?![\p{Letter}\p{Number}])|適用|反映)[\s:、,]*/iu;
const exporting = /^(?:export(?![\p{Letter}\p{Number}])|エクスポート|書き出し)[\s:、,]*/iu;
const checking = /^(?:check|チェック|確認)[\s.!。]*$/iu;

/**
 * `settings Contributor on rg-app`, `settings apply {…}`, `settings export on rg-app`, `settings check`, and in Japanese
 * `設定 rg-app の Contributor`, `設定 適用 {…}`. JSON is taken as it was written: its lines are counted. `null`: not about settings.
 */
export function parseSettingsCommand(message: string): SettingsCommand | null {
  const text = message.replaceAll(/<at>[^<]*<\/at>/gu, ' ').trim();
  const atEnd = atTheEnd.exec(text)?.groups?.['words'];
  if (atEnd !== undefined) return { name: 'settings', ...roleAt(atEnd) };
  const begun = beginning.exec(text);
  if (begun === null) return null;
  const rest = text.slice(begun[0].length);
  const bracket = rest.search(/[{[]/u);
  if (bracket >= 0 || applying.test(rest)) return apply(rest, bracket < 0 ? rest.length : bracket);
  if (checking.test(rest)) return { name: 'settingsCheck' };
  if (exporting.test(rest)) return { name: 'settingsExport', scope: scopeWords(rest.replace(exporting, '')) };
  return { name: 'settings', ...roleAt(rest) };
}

function apply(rest: string, at: number): SettingsCommand {
  // Teams puts hard spaces where lines are indented; a text may come between code fences.
  const json = rest.slice(at).replaceAll('\u{A0}', ' ').replace(/\s*```\s*$/u, '');
  const words = rest.slice(0, at).replace(applying, '').replace(/```(?:json)?\s*$/iu, '').replace(/^to\s+/iu, '');
  return { name: 'settingsApply', json, ...roleAt(words.replace(/[\s::に]+$/u, '')) };
}

function roleAt(words: string): RoleAtWords {
  return parseRoleAt(oneSpaced(words).replace(/^(?:of|for)\s+/iu, ''));
}

function scopeWords(words: string): string {
  return parseRoleAt(oneSpaced(words).replace(/^(?:on|at|in|of|for|@)\s+/iu, '')).role;
}

function oneSpaced(text: string): string {
  return text.normalize('NFKC').slice(0, 500).replaceAll(/\s+/gu, ' ').trim();
}
