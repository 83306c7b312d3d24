/** The shape of settings as people write them. What a value means is judged here too, as far as the text alone tells. */
import { z } from 'zod';
import { isGuid } from '../guid.ts';
import { parseScope } from '../scope.ts';
import { printDuration, readElevationDuration } from './elevation-duration.ts';
import { setsApprovalAlone } from './privileged-role-settings.ts';
import type { SettingsFaultReason } from './settings-fault.ts';

/** Carries the reason of a fault through Zod's issues. */
export const reasonParams = z.object({ reason: z.custom<SettingsFaultReason>() });

function fault(ctx: z.RefinementCtx, reason: SettingsFaultReason, path: (string | number)[] = []): void {
  ctx.addIssue({ code: 'custom', path, params: { reason } });
}

const elevationDuration = z.string().transform((text, ctx) => {
  const read = readElevationDuration(text);
  if (read.ok) return printDuration(read.minutes);
  fault(ctx, { code: read.why, found: text });
  return z.NEVER;
});

const approverIds = z.array(z.string()).superRefine((ids, ctx) => {
  const seen = new Set<string>();
  ids.forEach((id, index) => {
    if (!isGuid(id)) fault(ctx, { code: 'notAnObjectId', found: id }, [index]);
    else if (seen.has(id.toLowerCase())) fault(ctx, { code: 'duplicateApprover', id }, [index]);
    seen.add(id.toLowerCase());
  });
});

/** What is not written: any value of the right type will do. The spelling of the longest is theirs; the right one is taken for it. */
const readOnly = {
  id: z.string().optional(),
  isMfaOnElevationConfigurable: z.boolean().optional(),
  lastGlobalAdmin: z.boolean().nullable().optional(),
  minElevationDuration: z.string().optional(),
  maxElavationDuration: z.string().optional(),
  maxElevationDuration: z.string().optional(),
};

export const settingsSchema = z.strictObject({
  elevationDuration: elevationDuration.optional(),
  notificationToUserOnElevation: z.boolean().optional(),
  ticketingInfoOnElevation: z.boolean().optional(),
  mfaOnElevation: z.boolean().optional(),
  approvalOnElevation: z.boolean().optional(),
  approverIds: approverIds.optional(),
  ...readOnly,
}).superRefine((settings, ctx) => {
  if (setsApprovalAlone(settings)) fault(ctx, { code: 'approversMissing' }, ['approvalOnElevation']);
});

const groupRoles: readonly string[] = ['member', 'owner'];

export const entrySchema = z.strictObject({
  kind: z.enum(['azure', 'entra', 'group']),
  role: z.string().min(1),
  roleId: z.string().min(1).optional(),
  scope: z.string().min(1),
  scopeName: z.string().optional(),
  settings: settingsSchema,
}).superRefine(({ kind, role, scope }, ctx) => {
  if (kind === 'group' && !groupRoles.includes(role.toLowerCase())) fault(ctx, { code: 'notOneOf', values: groupRoles }, ['role']);
  if (!isScope(kind, scope)) fault(ctx, { code: 'notAScope', found: scope, kind }, ['scope']);
});

function isScope(kind: 'azure' | 'entra' | 'group', scope: string): boolean {
  switch (kind) {
    case 'azure': return scope.startsWith('/') && parseScope(scope) !== null;
    case 'entra': return scope === '/' || isGuid(/^\/administrativeUnits\/(.*)$/i.exec(scope)?.[1] ?? '');
    case 'group': return isGuid(scope);
  }
}
