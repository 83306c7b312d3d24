import { adoptRequest, findRemembered } from '../bot/approvals/adopt-request.ts';
import type { BotParts } from '../bot/parts.ts';
import { PimError, pauseSeconds } from '../pim/errors.ts';
import type { ActivationRequest, RoleSettings } from '../pim/model.ts';
import { orPimError } from '../pim/or-pim-error.ts';
import type { PendingReport } from '../pim/pim.ts';
import { scopeKey } from '../pim/scope.ts';
import { listRemembered } from '../store/activations.ts';

const everyMs = 60_000;

/**
 * Looks for requests that were made past the bot, in the portal or with another tool, and carries them to their approvers
 * like those that were made here. What cannot be read is skipped, and the operator is told of it once.
 * While PIM wants not to be asked, nobody looks.
 */
export function createFindElsewhere(parts: BotParts): () => Promise<void> {
  const unread = new Set<string>();
  let pausedUntil = 0;
  return async () => {
    const now = parts.clock.now().getTime();
    if (now < pausedUntil) return;
    const round = Math.floor(now / everyMs);
    const report = await orPimError(parts.pimReader.listPendingRequests(round));
    pausedUntil = now + 1_000 * (report instanceof PimError ? pauseSeconds(report) : report.pauseSeconds ?? 0);
    if (report instanceof PimError) return tellOnce(parts, unread, { what: 'everything', code: report.code });
    unread.delete('everything');
    for (const { id } of report.read) unread.delete(scopeKey(id));
    for (const { scope, code } of report.unread) tellOnce(parts, unread, { what: scopeKey(scope.id), code });
    await adoptUnknown(parts, report);
  };
}

function tellOnce({ log }: BotParts, told: Set<string>, { what, code }: { readonly what: string; readonly code: string }): void {
  if (told.has(what)) return;
  told.add(what);
  log.warn({ scope: what, code }, 'requests made elsewhere cannot be looked for');
}

async function adoptUnknown(parts: BotParts, { requests }: PendingReport): Promise<void> {
  const remembered = await listRemembered(parts.store.db, requests.map(({ id }) => id));
  const settingsOf = readSettingsOnce(parts);
  for (const request of requests.filter(({ id }) => !remembered.has(id.toLowerCase()))) {
    await adoptIfUnknown(parts, request, settingsOf).catch((error: unknown) => {
      // One that cannot be taken in does not keep the others from their approvers.
      parts.log.warn({ error, pimId: request.id }, 'a request made elsewhere has to wait for the next round');
    });
  }
}

type SettingsOf = (request: ActivationRequest) => Promise<RoleSettings | null>;

async function adoptIfUnknown(parts: BotParts, request: ActivationRequest, settingsOf: SettingsOf): Promise<void> {
  if (await findRemembered(parts, request) !== null) return;
  await adoptRequest(parts, request, { settings: await settingsOf(request) });
}

/** Many requests of one round are for one role. Where the bot may not read its settings, an approver's token does later. */
function readSettingsOnce({ pimReader }: BotParts): SettingsOf {
  const known = new Map<string, Promise<RoleSettings | null>>();
  return ({ role, scope }) => {
    const key = `${role.definitionId.toLowerCase()} ${scopeKey(scope.id)}`;
    const settings = known.get(key) ?? orPimError(pimReader.readRoleSettings(role, scope)).then((answer) => (answer instanceof PimError ? null : answer));
    known.set(key, settings);
    return settings;
  };
}
