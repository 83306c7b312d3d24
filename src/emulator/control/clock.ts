import { parseDuration } from '../duration.ts';
import { bodyMembers, invalidContent, textMember } from '../incoming.ts';
import { latestTime, parseTime } from '../iso-time.ts';
import { ok } from '../reply.ts';
import type { Reply } from '../reply.ts';
import type { ControlCall, ControlOperation } from './call.ts';

export const readClock: ControlOperation = { method: 'GET', path: 'emulator/clock', handle: present };
export const moveClock: ControlOperation = { method: 'POST', path: 'emulator/clock', handle: move };

function present({ clock }: ControlCall): Reply {
  return ok({ now: new Date(clock.now()).toISOString() });
}

/** `{"advance": "PT8H"}` or `{"now": "…"}`; what is due by then has happened when the answer comes. */
function move(call: ControlCall): Reply {
  const body = bodyMembers(call.incoming.body);
  const advance = textMember(body, 'advance');
  const now = textMember(body, 'now');
  if ((advance === null) === (now === null)) {
    throw invalidContent("either 'advance' or 'now' must be given");
  }
  if (advance !== null) {
    call.clock.advance(durationOf(advance, latestTime - call.clock.now()));
  } else {
    call.clock.set(timeOf(now ?? ''));
  }
  return present(call);
}

function durationOf(text: string, longest: number): number {
  const ms = parseDuration(text);
  if (ms === null || ms > longest) {
    throw invalidContent(`'advance' must be an ISO 8601 duration such as PT8H that ends before the year 10000, found ${text}`);
  }
  return ms;
}

function timeOf(text: string): number {
  const time = parseTime(text);
  if (time === null || time < 0) {
    throw invalidContent(`'now' must be a time such as 2026-01-31T08:00:00Z, from 1970 to 9999, found ${text}`);
  }
  return time;
}
