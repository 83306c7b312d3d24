import type { Caller } from '../../src/emulator/identity.ts';
import { placeOf } from '../../src/emulator/holding.ts';
import { initialState } from '../../src/emulator/initial-state.ts';
import type { RequestDraft } from '../../src/emulator/request-draft.ts';
import { Refusal } from '../../src/emulator/reply.ts';
import type { Role, RoleKind } from '../../src/emulator/roles.ts';
import { currentEligibilities, runningAssignments } from '../../src/emulator/schedules.ts';
import { directoryScopeId, groupScopeId } from '../../src/emulator/scopes.ts';
import type { Scope } from '../../src/emulator/scopes.ts';
import { checkSeed } from '../../src/emulator/seed-file.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import type { ActivityEntry, Expiration, Holding, Pim, RequestType, ScheduleRequest, Side } from '../../src/emulator/state.ts';
import { cancelRequest, submitRequest, validateRequest } from '../../src/emulator/submit-request.ts';
import { buildTenant } from '../../src/emulator/tenant.ts';
import { advanceTo } from '../../src/emulator/timeline.ts';
import { alex, contoso, diego, lee, megan, nestor, platform, production, rgApp, seed } from './people.ts';

export const breakGlass = 'b0000000-0000-4000-8000-000000000009';
export const unit = 'f0000000-0000-4000-8000-000000000001';
export const provisioner = 'c0000000-0000-4000-8000-000000000003';
const minuteMs = 60_000;

/** The seed of the other tests, with administrators, roles and settings of all three kinds. */
export const threeKinds: Seed = {
  ...seed,
  groups: [...(seed.groups ?? []), { id: breakGlass, name: 'Production break-glass', members: [], owners: [lee] }],
  apps: [
    ...(seed.apps ?? []),
    {
      id: provisioner,
      name: 'provisioner',
      roles: [{ role: 'Role Based Access Control Administrator', scope: production }],
      permissions: ['RoleManagement.ReadWrite.Directory', 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
    },
  ],
  administrativeUnits: [{ id: unit, name: 'Munich office' }],
  administrators: [
    { principalId: nestor, scope: contoso },
    { kind: 'entra', principalId: nestor },
    { kind: 'entra', principalId: diego, role: 'Privileged Role Administrator', scope: `/administrativeUnits/${unit}` },
  ],
  eligible: [
    ...(seed.eligible ?? []),
    { kind: 'entra', principalId: platform, role: 'Helpdesk Administrator', scope: '/' },
    { kind: 'entra', principalId: megan, role: 'Global Administrator', scope: '/' },
    { kind: 'group', principalId: alex, role: 'member', scope: breakGlass },
    { kind: 'group', principalId: megan, role: 'owner', scope: breakGlass },
    { kind: 'azure', principalId: breakGlass, role: 'Owner', scope: rgApp },
  ],
  assigned: [{ kind: 'azure', principalId: breakGlass, role: 'User Access Administrator', scope: rgApp }],
  settings: [
    ...(seed.settings ?? []),
    { kind: 'entra', role: 'User Administrator', scope: '/', settings: { elevationDuration: 'PT2H', approvalOnElevation: true, approverIds: [megan] } },
    { kind: 'group', role: 'member', scope: breakGlass, settings: { elevationDuration: 'PT1H', ticketingInfoOnElevation: true } },
  ],
};

export interface Wish {
  readonly type: RequestType;
  readonly kind: RoleKind;
  readonly role: string;
  /** As a seed names it. */
  readonly scope: string;
  readonly principalId: string;
  readonly side?: Side;
  readonly name?: string;
  /** `null`: no end. Default: an hour. */
  readonly minutes?: number | null;
  readonly endAt?: number;
  readonly startInMinutes?: number;
  readonly justification?: string;
  readonly ticket?: string;
  readonly linked?: string;
  readonly target?: string;
}

/** The engine without its surfaces: what people ask of it, and what there is then. */
export class Engine {
  readonly #tenant;
  readonly #state;
  #now = Date.UTC(2026, 0, 5, 8);

  constructor(from: Seed = threeKinds) {
    this.#tenant = buildTenant(checkSeed(from));
    this.#state = initialState(from, this.#tenant, this.#now);
  }

  get pim(): Pim {
    return { tenant: this.#tenant, state: this.#state, now: this.#now };
  }

  get now(): number {
    return this.#now;
  }

  advance(minutes: number): void {
    this.#now += minutes * minuteMs;
    advanceTo(this.pim);
  }

  submit(wish: Wish, caller = person(wish.principalId)): ScheduleRequest {
    return submitRequest(this.pim, this.#draft(wish), caller);
  }

  validate(wish: Wish, caller = person(wish.principalId)): ScheduleRequest {
    return validateRequest(this.pim, this.#draft(wish), caller);
  }

  cancel(request: ScheduleRequest, caller: Caller): void {
    cancelRequest(this.pim, request, caller);
  }

  place(kind: RoleKind, role: string, scope: string): { readonly role: Role; readonly scope: Scope } {
    const id = kind === 'azure' ? scope : kind === 'entra' ? directoryScopeId(scope) : groupScopeId(scope);
    return placeOf(this.pim, { roleId: this.#tenant.roles.findByName(kind, role)?.id ?? role, scopeId: id });
  }

  /** `eligible Reader`, `activated Reader`, `assigned Reader`: what a principal has at this moment. */
  holdings(principalId: string, kind: RoleKind): readonly string[] {
    const eligible = currentEligibilities(this.pim).map((entry) => ({ entry, word: 'eligible' }));
    const active = runningAssignments(this.pim).map((entry) => ({ entry, word: entry.how === 'Activated' ? 'activated' : 'assigned' }));
    return [...eligible, ...active]
      .filter(({ entry }) => entry.principalId === principalId && this.#kindOf(entry) === kind)
      .map(({ entry, word }) => `${word} ${placeOf(this.pim, entry).role.name}`);
  }

  activities(): readonly ActivityEntry[] {
    return this.#state.audit.flatMap((entry) => (entry.kind === 'activity' ? [entry] : []));
  }

  #kindOf(holding: Holding): RoleKind {
    return placeOf(this.pim, holding).role.kind;
  }

  #draft(wish: Wish): RequestDraft {
    const startAt = wish.startInMinutes === undefined ? null : this.#now + wish.startInMinutes * minuteMs;
    return {
      ...this.place(wish.kind, wish.role, wish.scope),
      name: wish.name ?? null,
      side: wish.side ?? 'assignment',
      requestType: wish.type,
      principalId: wish.principalId,
      justification: wish.justification ?? 'because',
      ticket: { number: wish.ticket ?? '', system: wish.ticket === undefined ? '' : 'ServiceNow' },
      condition: null,
      startAt,
      expiration: expirationOf(wish),
      linked: wish.linked ?? null,
      target: wish.target ?? null,
      customData: null,
    };
  }
}

function expirationOf({ minutes = 60, endAt }: Wish): Expiration {
  if (endAt !== undefined) {
    return { type: 'AfterDateTime', endAt };
  }
  return minutes === null ? { type: 'NoExpiration' } : { type: 'AfterDuration', duration: `PT${minutes}M`, ms: minutes * minuteMs };
}

export function person(id: string, claims: Partial<Pick<Caller, 'amr' | 'acrs'>> = {}): Caller {
  return { kind: 'user', id, permissions: [], scopes: [], amr: [], acrs: [], ...claims };
}

export function application(id: string, permissions: readonly string[] = []): Caller {
  return { kind: 'app', id, permissions, scopes: [], amr: [], acrs: [] };
}

/** `400 RoleAssignmentExists`, with the failed rules where there are some; `taken` when nothing is refused. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Refusal) {
      const rules = error.message.match(/[A-Z]\w*Rule/g) ?? [];
      return [error.status, error.code, ...rules].join(' ');
    }
    throw error;
  }
  return 'taken';
}
