import https from 'node:https';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { postJson, type LocalPim } from '../../src/dev/emulator-tokens.ts';
import type { Seed } from '../../src/emulator/seed.ts';

const instanceSchema = z.object({
  name: z.string(),
  properties: z.object({ principalId: z.string(), scope: z.string(), assignmentType: z.string() }),
});
const requestSchema = z.object({
  name: z.string(),
  properties: z.object({
    principalId: z.string(), status: z.string(), requestType: z.string(), scope: z.string(), roleDefinitionId: z.string(), justification: z.string().optional(),
    scheduleInfo: z.object({ startDateTime: z.string().optional(), expiration: z.object({ duration: z.string().optional() }).optional() }).optional(),
  }),
});
const auditSchema = z.object({
  actor: z.string().nullish(), method: z.string().optional(), path: z.string().optional(), filter: z.string().optional(), status: z.number().optional(), inBatch: z.boolean().optional(),
});

const entraInstanceSchema = z.object({ assignmentType: z.string(), roleDefinition: z.object({ displayName: z.string() }) });
const groupInstanceSchema = z.object({ assignmentType: z.string(), accessId: z.string(), groupId: z.string() });

export type PimInstance = z.infer<typeof instanceSchema>;
export type PimRequest = z.infer<typeof requestSchema>;

/** What really is at PIM: read over https with plain Node.js and an administrator's token, by none of the product's code. */
export class PimWitness {
  readonly #pim: LocalPim;
  readonly #administrator: string;
  readonly #scopes: readonly string[];
  readonly #groups: ReadonlyMap<string, string>;

  constructor(pim: LocalPim, seed: Seed) {
    this.#pim = pim;
    this.#groups = new Map((seed.groups ?? []).map(({ id, name }) => [id, name]));
    const administrators = (seed.administrators ?? []).filter((entry) => entry.kind !== 'entra');
    this.#administrator = administrators[0]?.principalId ?? '';
    this.#scopes = administrators.filter(({ principalId }) => principalId === this.#administrator).map(({ scope }) => scope);
  }

  /** Everything that is activated now, wherever. */
  async activated(): Promise<readonly PimInstance[]> {
    const all = await this.#everywhere('roleAssignmentScheduleInstances', instanceSchema);
    return all.filter(({ properties }) => properties.assignmentType === 'Activated');
  }

  /** What this person has activated in Entra, or of groups, by name. */
  async held(kind: 'entra' | 'group', personId: string): Promise<readonly string[]> {
    const token = await this.#token('https://graph.microsoft.com');
    const filter = `$filter=principalId%20eq%20'${personId}'`;
    if (kind === 'entra') {
      const items = z.array(entraInstanceSchema).parse(listOf(await this.#get(`/v1.0/roleManagement/directory/roleAssignmentScheduleInstances?${filter}&$expand=roleDefinition`, token)));
      return items.filter(isActivated).map(({ roleDefinition }) => roleDefinition.displayName);
    }
    const items = z.array(groupInstanceSchema).parse(listOf(await this.#get(`/v1.0/identityGovernance/privilegedAccess/group/assignmentScheduleInstances?${filter}`, token)));
    return items.filter(isActivated).map(({ accessId, groupId }) => `${accessId} ${this.#groups.get(groupId) ?? groupId}`);
  }

  requests(): Promise<readonly PimRequest[]> {
    return this.#everywhere('roleAssignmentScheduleRequests', requestSchema);
  }

  async request(requestId: string): Promise<PimRequest | undefined> {
    return (await this.requests()).find(({ name }) => name === requestId);
  }

  /** The calls that the local service has answered, in order. */
  async calls(): Promise<readonly z.infer<typeof auditSchema>[]> {
    return z.array(auditSchema).parse(listOf(await this.#get('/emulator/audit', '')));
  }

  async #everywhere<T extends { readonly name: string }>(resource: string, schema: z.ZodType<T>): Promise<readonly T[]> {
    const token = await this.#token();
    const lists = await Promise.all(this.#scopes.map(async (scope) =>
      z.array(schema).parse(listOf(await this.#get(`${scope}/providers/Microsoft.Authorization/${resource}?api-version=2020-10-01`, token)))));
    return [...new Map(lists.flat().map((item) => [item.name, item])).values()];
  }

  async #token(audience = 'https://management.azure.com'): Promise<string> {
    const answer = await postJson(this.#pim, '/emulator/token', { user: this.#administrator, audience });
    return typeof answer === 'object' && answer !== null && 'access_token' in answer ? String(answer.access_token) : '';
  }

  async #get(path: string, token: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    https.get(new URL(path, this.#pim.origin), { ca: this.#pim.caPem, headers: token === '' ? {} : { authorization: `Bearer ${token}` } }, (response) => {
      resolve(text(response));
    }).on('error', reject);
    return JSON.parse(await promise);
  }
}

function isActivated({ assignmentType }: { readonly assignmentType: string }): boolean {
  return assignmentType.toLowerCase() === 'activated';
}

function listOf(answer: unknown): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  const value: unknown = typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : undefined;
  if (!Array.isArray(value)) throw new Error(`no list: ${JSON.stringify(answer)}`);
  return value;
}
