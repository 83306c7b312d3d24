/** Most calls in a time, both in one line of Microsoft's table. */
interface CallWindow {
  readonly calls: number;
  readonly ms: number;
}

/** https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit: per bot and conversation. */
const writeWindows: readonly CallWindow[] = [
  { calls: 7, ms: 1_000 },
  { calls: 8, ms: 2_000 },
  { calls: 60, ms: 30_000 },
  { calls: 1_800, ms: 3_600_000 },
];
const rosterWindows = writeWindows.map(({ calls, ms }) => ({ calls: calls * 2, ms }));
/** Per app and tenant, whatever the conversation. */
const tenantWindows: readonly CallWindow[] = [{ calls: 50, ms: 1_000 }];

/** Counts the calls of one bot and says which come too soon. Refused calls do not count. */
export interface CallLimits {
  /** Whole seconds to wait, at least 1; `null`: the call is let in, and counted. */
  admit(call: { readonly conversationId: string; readonly roster: boolean; readonly at: number }): number | null;
}

export function createCallLimits(): CallLimits {
  const callsByKey = new Map<string, number[]>();
  const callsOf = (key: string): number[] => {
    const calls = callsByKey.get(key) ?? [];
    callsByKey.set(key, calls);
    return calls;
  };
  return {
    admit({ conversationId, roster, at }) {
      const inConversation = callsOf(`${roster ? 'roster' : 'write'} ${conversationId}`);
      const inTenant = callsOf('tenant');
      const waitMs = Math.max(
        waitFor(inConversation, roster ? rosterWindows : writeWindows, at),
        waitFor(inTenant, tenantWindows, at),
      );
      if (waitMs > 0) return Math.max(1, Math.ceil(waitMs / 1_000));
      inConversation.push(at);
      inTenant.push(at);
      return null;
    },
  };
}

/** Until the call that must leave the fullest window has left it; 0 when there is room. */
function waitFor(calls: readonly number[], windows: readonly CallWindow[], at: number): number {
  const waits = windows.map(({ calls: most, ms }) => {
    const oldest = calls.at(-most);
    return oldest === undefined ? 0 : oldest + ms - at;
  });
  return Math.max(0, ...waits);
}
