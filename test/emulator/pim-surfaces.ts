import { randomUUID } from 'node:crypto';
import { startEmulator } from '../../src/emulator/emulator.ts';
import { guidFrom } from '../../src/emulator/guid.ts';
import type { Seed } from '../../src/emulator/seed.ts';
import { EmulatorClient, approvalVersion, at, graphAudience, items, listPath, requestPath, text } from './emulator-client.ts';
import type { Answer } from './emulator-client.ts';
import { contoso } from './people.ts';

/** PIM over the wire in one form for its three kinds of role: ARM for Azure's, Microsoft Graph for the others. */

export type Side = 'assignment' | 'eligibility';
export type Action = `${'admin' | 'self'}${'Assign' | 'Remove' | 'Update' | 'Extend' | 'Renew' | 'Activate' | 'Deactivate'}`;

/** Somebody's role somewhere. `scope` is what the surface calls it: ARM's path, `/`, or the id of a group. */
export interface Place {
  readonly kind: 'azure' | 'entra' | 'group';
  /** Id of the role. */
  readonly role: string;
  readonly scope: string;
  readonly principalId: string;
}

export interface Wish {
  readonly place: Place;
  readonly side: Side;
  readonly action: Action;
  /** `null`: without an end. */
  readonly minutes: number | null;
  readonly startInMinutes: number;
}

export interface Request {
  readonly name: string;
  readonly kind: Place['kind'];
  readonly scope: string;
  readonly side: Side;
  readonly status: string;
}

/** Something that somebody holds or may activate, now or later. */
export interface Held extends Place {
  readonly side: Side;
  readonly name: string;
  readonly startAt: number;
  /** `Infinity`: without an end. */
  readonly endAt: number;
  readonly isActivated: boolean;
  /** Name of the eligibility behind an activation. */
  readonly eligibility: string | null;
}

/** Everything that an administrator sees at one moment. */
export interface Sight {
  readonly instances: readonly Held[];
  readonly schedules: readonly Held[];
  readonly requests: readonly Request[];
}

const sides: readonly Side[] = ['assignment', 'eligibility'];
const armTypes = { assignment: 'roleAssignment', eligibility: 'roleEligibility' } as const;
const directory = '/roleManagement/directory';
const group = '/identityGovernance/privilegedAccess/group';

export class PimSurfaces implements AsyncDisposable {
  readonly #options: { readonly seed: Seed; readonly dataFolder: string; readonly pageSize: number };
  readonly #administrator: string;
  readonly #groups: readonly string[];
  readonly #tokens = new Map<string, Promise<string>>();
  #client: EmulatorClient;

  private constructor(client: EmulatorClient, options: { seed: Seed; dataFolder: string; pageSize: number }, administrator: string) {
    this.#client = client;
    this.#options = options;
    this.#administrator = administrator;
    this.#groups = [...new Set((options.seed.eligible ?? []).flatMap(({ kind, scope }) => (kind === 'group' ? [scope] : [])))];
  }

  static async start(seed: Seed, dataFolder: string, administrator: string): Promise<PimSurfaces> {
    const options = { seed, dataFolder, pageSize: 1_000 };
    return new PimSurfaces(new EmulatorClient(await startEmulator(options)), options, administrator);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
  }

  async reset(): Promise<void> {
    await this.#client.reset();
    this.#tokens.clear();
  }

  /** Ends the service and starts it again on the same data folder. */
  async restart(): Promise<void> {
    await this.#client[Symbol.asyncDispose]();
    this.#client = new EmulatorClient(await startEmulator(this.#options));
  }

  async advance(minutes: number): Promise<void> {
    await this.#client.advance(`PT${minutes}M`);
    this.#tokens.clear();
  }

  /** Every activity that the audit log has. */
  async activities(): Promise<readonly string[]> {
    const entries = items(await this.#client.send('/emulator/audit'));
    return entries.flatMap((entry) => (at(entry, 'kind') === 'activity' ? [text(entry, 'activity')] : []));
  }

  /** Like all that follow: false when it was refused. */
  async changeGroup(kind: 'join' | 'leave', groupId: string, user: string): Promise<boolean> {
    const members = `/v1.0/groups/${groupId}/members`;
    return succeeded(
      kind === 'leave'
        ? this.#graph(this.#administrator, `${members}/${user}/$ref`, 'DELETE')
        : this.#graph(this.#administrator, `${members}/$ref`, 'POST', { '@odata.id': `directoryObjects/${user}` }),
    );
  }

  async submit(wish: Wish, by: string): Promise<boolean> {
    const { place, side, action } = wish;
    const terms = { principalId: place.principalId, justification: 'because', ticketInfo: { ticketNumber: 'INC1', ticketSystem: 'x' }, scheduleInfo: await this.#scheduleInfo(wish) };
    if (place.kind === 'azure') {
      const requestType = `${action.charAt(0).toUpperCase()}${action.slice(1)}`;
      const target = requestPath(place.scope, randomUUID()).replace('roleAssignment', armTypes[side]);
      return succeeded(this.#arm(by, target, 'PUT', { properties: { ...terms, requestType, roleDefinitionId: roleDefinitionId(place) } }));
    }
    const where = place.kind === 'entra' ? { roleDefinitionId: place.role, directoryScopeId: place.scope } : { accessId: place.role, groupId: place.scope };
    return succeeded(this.#graph(by, `/v1.0${requestsAt(place.kind, side)}`, 'POST', { ...terms, ...where, action }));
  }

  /** By its holder. */
  deactivate({ kind, role, scope, principalId }: Held): Promise<boolean> {
    const wish = { side: 'assignment', action: 'selfDeactivate', minutes: null, startInMinutes: 0 } as const;
    return this.submit({ ...wish, place: { kind, role, scope, principalId } }, principalId);
  }

  cancel(request: Request, by: string): Promise<boolean> {
    return succeeded(
      request.kind === 'azure'
        ? this.#arm(by, requestPath(request.scope, request.name, '/cancel').replace('roleAssignment', armTypes[request.side]), 'POST')
        : this.#graph(by, `/v1.0${requestsAt(request.kind, request.side)}/${request.name}/cancel`, 'POST'),
    );
  }

  decide(request: Request, by: string, reviewResult: 'Approve' | 'Deny'): Promise<boolean> {
    return succeeded(this.#stage(request, by, { reviewResult, justification: 'ok' }));
  }

  /** Who approved the activation; `null`: nobody has to. */
  async approverOf(request: Request): Promise<string | null> {
    const { body } = await this.#stage(request, this.#administrator);
    const stage = at(body, 'properties') ?? body;
    const reviewer = at(stage, 'reviewedBy', request.kind === 'azure' ? 'principalId' : 'id');
    return at(stage, 'reviewResult') === 'Approve' && typeof reviewer === 'string' ? reviewer : null;
  }

  async look(): Promise<Sight> {
    const azure = await Promise.all(
      sides.map(async (side): Promise<Sight> => {
        const list = async (type: string): Promise<readonly unknown[]> =>
          items(await this.#arm(this.#administrator, listPath(contoso, `${armTypes[side]}${type}`), 'GET'));
        const [instances, schedules, requests] = [await list('ScheduleInstances'), await list('Schedules'), await list('ScheduleRequests')];
        return { instances: instances.map((item) => ofArm(side, item)), schedules: schedules.map((item) => ofArm(side, item)), requests: requests.map((item) => requestOfArm(side, item)) };
      }),
    );
    const all = [...azure, await this.#lookAtGraph()];
    return { instances: all.flatMap((one) => one.instances), schedules: all.flatMap((one) => one.schedules), requests: all.flatMap((one) => one.requests) };
  }

  async #lookAtGraph(): Promise<Sight> {
    const branches = [{ kind: 'entra' as const, path: directory, filter: '' }, ...this.#groups.map((id) => ({ kind: 'group' as const, path: group, filter: `$filter=groupId%20eq%20'${id}'&` }))];
    const asked = branches.flatMap(({ kind, path, filter }) => sides.flatMap((side) => {
      const prefix = `${path}/${kind === 'entra' ? armTypes[side] : side}`;
      const expand = side === 'assignment' ? '$expand=activatedUsing' : '';
      return [
        { kind, side, what: 'instances' as const, url: `${prefix}ScheduleInstances?${filter}${expand}` },
        { kind, side, what: 'schedules' as const, url: `${prefix}Schedules?${filter}${expand}` },
        { kind, side, what: 'requests' as const, url: `${prefix}ScheduleRequests?${filter}` },
      ];
    }));
    const answers = await this.#batch(asked.map(({ url }) => url));
    const sight = { instances: new Array<Held>(), schedules: new Array<Held>(), requests: new Array<Request>() };
    asked.forEach(({ kind, side, what }, i) => {
      const value = items({ status: 200, headers: {}, body: answers[i] });
      if (what === 'requests') {
        sight.requests.push(...value.map((item) => requestOfGraph(kind, side, item)));
      } else {
        sight[what].push(...value.map((item) => ofGraph(kind, side, item)));
      }
    });
    return sight;
  }

  /** Bodies of what is read, twenty at a time. */
  async #batch(urls: readonly string[]): Promise<readonly unknown[]> {
    const requests = urls.slice(0, 20).map((url, i) => ({ id: String(i), method: 'GET', url }));
    const { body } = await this.#graph(this.#administrator, '/v1.0/$batch', 'POST', { requests });
    const bodies = requests.map((_, i) => at(body, 'responses', i, 'body'));
    return urls.length > 20 ? [...bodies, ...(await this.#batch(urls.slice(20)))] : bodies;
  }

  async #scheduleInfo({ action, minutes, startInMinutes }: Wish): Promise<object | undefined> {
    if (action === 'selfDeactivate' || action === 'adminRemove') {
      return undefined;
    }
    const now = Date.parse(text((await this.#client.send('/emulator/clock')).body, 'now'));
    const expiration = minutes === null ? { type: 'NoExpiration' } : { type: 'AfterDuration', duration: `PT${minutes}M` };
    return { ...(startInMinutes === 0 ? {} : { startDateTime: new Date(now + startInMinutes * 60_000).toISOString() }), expiration };
  }

  /** Reads the stage of a request's approval, or writes a decision to it: the stage's name follows from the request's. */
  #stage({ kind, name }: Request, by: string, decision?: object): Promise<Answer> {
    const stage = guidFrom('stage', name);
    const method = decision === undefined ? 'GET' : 'PATCH';
    switch (kind) {
      case 'azure':
        return this.#arm(by, `/providers/Microsoft.Authorization/roleAssignmentApprovals/${name}/stages/${stage}?api-version=${approvalVersion}`, method, decision);
      case 'entra':
        return this.#graph(by, `/beta${directory}/roleAssignmentApprovals/${name}/steps/${stage}`, method, decision);
      case 'group':
        return this.#graph(by, `/v1.0${group}/assignmentApprovals/${name}/stages/${stage}`, method, decision);
    }
  }

  async #arm(user: string, target: string, method: string, body?: object): Promise<Answer> {
    return this.#client.arm(target, { method, token: await this.#token(user), ...(body === undefined ? {} : { body }) });
  }

  async #graph(user: string, target: string, method: string, body?: object): Promise<Answer> {
    return this.#client.send(target, { method, token: await this.#token(user, graphAudience), ...(body === undefined ? {} : { body }) });
  }

  /** Kept until the clock is moved. */
  #token(user: string, audience?: string): Promise<string> {
    const key = `${user} ${audience}`;
    const token = this.#tokens.get(key) ?? this.#client.token({ user }, audience);
    this.#tokens.set(key, token);
    return token;
  }
}

function roleDefinitionId({ role, scope }: Place): string {
  const subscription = scope.startsWith('/subscriptions/') ? scope.split('/').slice(0, 3).join('/') : '';
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}

async function succeeded(answer: Promise<Answer>): Promise<boolean> {
  return (await answer).status < 400;
}

function requestsAt(kind: 'entra' | 'group', side: Side): string {
  return kind === 'entra' ? `${directory}/${armTypes[side]}ScheduleRequests` : `${group}/${side}ScheduleRequests`;
}

function ofArm(side: Side, item: unknown): Held {
  const own = at(item, 'properties');
  const schedule = at(own, `${armTypes[side]}ScheduleId`);
  return {
    kind: 'azure',
    side,
    principalId: text(own, 'principalId'),
    role: last(text(own, 'roleDefinitionId')),
    scope: text(own, 'scope'),
    name: typeof schedule === 'string' ? last(schedule) : text(item, 'name'),
    startAt: Date.parse(text(own, 'startDateTime')),
    endAt: timeOf(at(own, 'endDateTime')),
    isActivated: at(own, 'assignmentType') === 'Activated',
    eligibility: nameOf(at(own, 'linkedRoleEligibilityScheduleId')),
  };
}

function ofGraph(kind: 'entra' | 'group', side: Side, item: unknown): Held {
  const info = at(item, 'scheduleInfo');
  const schedule = at(item, kind === 'entra' ? `${armTypes[side]}ScheduleId` : `${side}ScheduleId`);
  const using = at(item, 'activatedUsing');
  return {
    kind,
    side,
    principalId: text(item, 'principalId'),
    role: text(item, kind === 'entra' ? 'roleDefinitionId' : 'accessId'),
    scope: text(item, kind === 'entra' ? 'directoryScopeId' : 'groupId'),
    name: last(typeof schedule === 'string' ? schedule : text(item, 'id')),
    startAt: timeOf(at(info, 'startDateTime') ?? at(item, 'startDateTime')),
    endAt: timeOf(info === undefined ? at(item, 'endDateTime') : at(info, 'expiration', 'endDateTime')),
    isActivated: at(item, 'assignmentType') === 'Activated',
    eligibility: nameOf(at(using, kind === 'entra' ? 'roleEligibilityScheduleId' : 'eligibilityScheduleId') ?? at(using, 'id')),
  };
}

function requestOfArm(side: Side, item: unknown): Request {
  return { name: text(item, 'name'), kind: 'azure', scope: text(item, 'properties', 'scope'), side, status: text(item, 'properties', 'status') };
}

function requestOfGraph(kind: 'entra' | 'group', side: Side, item: unknown): Request {
  return { name: text(item, 'id'), kind, scope: text(item, kind === 'entra' ? 'directoryScopeId' : 'groupId'), side, status: text(item, 'status') };
}

function timeOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Infinity;
}

function nameOf(id: unknown): string | null {
  return typeof id === 'string' ? last(id) : null;
}

/** A GUID out of an ARM path, or out of Graph's `{groupId}_{accessId}_{guid}`. */
function last(id: string): string {
  return id.split(/[/_]/).at(-1) ?? '';
}
