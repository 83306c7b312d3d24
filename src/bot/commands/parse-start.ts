/** Ends the words of a time: what comes next is another part of the command. */
const next = String.raw`(?=\s+(?:on|in|to|as|for|until|till|@)\s|\s+\d+(?:[.,]\d+)?\s*(?:h|m|hours?|hrs?|minutes?|mins?)(?:\d|\b)|$)`;
const weekday = String.raw`(?:mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\b`;
const month = String.raw`(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d`;
const english = new RegExp(
  String.raw`(?:^|\s)(?:starting|beginning)(?:\s+(?:on|from|at))?\s+(.+?)${next}|(?:^|\s)from\s+((?:today|tomorrow|next\s|the\s+(?:\d|day\s)|at\s+\d|\d|${weekday}|${month}).*?)${next}`, 'iu',
);

const japaneseDay = '(?:明日|明後日|あさって|今日|本日|(?:来週の?)?[月火水木金土日]曜日?)';
/** Between a day and から comes a time, if anything. Japanese needs no spaces: a command may go on right after it. */
const japanese = new RegExp(
  String.raw`(?:^|[\s、を])(${japaneseDay}(?:\s?の\s?|\s)?(?:(?:午[前後])?\d\S*?)?|午[前後]\d\S*?|\d\S*?(?:\s(?:午[前後])?\d{1,2}[:時]\S*?)?)\s*(?:から(?:開始)?|に開始)(?:の|、)?`, 'u',
);

/** Takes "from tomorrow 9:00", "starting 1 December", "明日の9:00から" … out of the text; `starts` is empty where nothing was said. */
export function takeStart(text: string): { readonly rest: string; readonly starts: string } {
  const match = english.exec(text) ?? japanese.exec(text);
  if (match === null) return { rest: text, starts: '' };
  const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
  return { rest: rest.replaceAll(/\s+/gu, ' ').trim(), starts: (match.slice(1).find((words) => words !== undefined) ?? '').trim() };
}
