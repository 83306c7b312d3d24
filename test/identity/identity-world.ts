import { inspect } from 'node:util';
import { startEmulator } from '../../src/emulator/emulator.ts';
import type { AppProof, AppRegistration } from '../../src/identity/app-registration.ts';
import { readPersonToken } from '../../src/identity/person-token.ts';
import type { PersonToken } from '../../src/identity/person-token.ts';
import { PimError } from '../../src/pim/errors.ts';
import { bot as botApp, seed as emulatorSeed } from '../emulator/people.ts';
import { startEntra } from '../helpers/stand-ins/entra.ts';
import type { EntraStandIn } from '../helpers/stand-ins/entra.ts';
import { createStandInTls } from '../helpers/stand-ins/hosts.ts';

export const botId = '11111111-1111-4111-8111-111111111111';
export const stepUpId = '22222222-2222-4222-8222-222222222222';
export const redirectUri = 'https://bot.example/step-up/callback';
export const armScope = 'https://management.azure.com/.default';
export const graphScope = 'https://graph.microsoft.com/.default';
export const secret: AppProof = { kind: 'secret', value: 'a-secret-that-nobody-may-ever-see' };
export const { tenantId } = emulatorSeed;
export const clock = { now: () => new Date() };
export const beforeCall = (): void => undefined;

/** The local authority with the bot's two registrations, over the local PIM service. */
export interface IdentityWorld extends AsyncDisposable {
  readonly entra: EntraStandIn;
  /** The bot's registration, with the proof of the world. */
  readonly bot: AppRegistration;
  readonly stepUp: AppRegistration;
  /** Somebody signed in to Teams. */
  person(personId: string): Promise<PersonToken>;
}

export async function createIdentityWorld(proof: AppProof = secret): Promise<IdentityWorld> {
  const seed = { ...emulatorSeed, apps: [{ id: botApp, name: 'pim-bot' }] };
  const emulator = await startEmulator({ seed });
  const registrations = { bot: { appId: botId, proof }, stepUp: { appId: stepUpId, proof } };
  // MSAL rounds the beginning of a client assertion up to the next second.
  const now = (): number => Date.now() + 1_000;
  const entra = await startEntra({ emulator, seed, tls: createStandInTls(), registrations, redirectUris: [redirectUri], now });
  const authority = { host: entra.origin, caPem: entra.caPem };
  return {
    entra,
    bot: { tenantId, appId: botId, proof, authority, beforeCall },
    stepUp: { tenantId, appId: stepUpId, proof, authority, beforeCall },
    person: async (personId) => readPersonToken(await entra.ssoToken(personId), { tenantId, audiences: [botId] }),
    async [Symbol.asyncDispose]() {
      await entra[Symbol.asyncDispose]();
      await emulator.close();
    },
  };
}

/** What a promise is rejected with. */
export async function failure(work: Promise<unknown>): Promise<PimError> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  if (error instanceof PimError) return error;
  throw new Error('it was not rejected with a PimError', { cause: error });
}

/** Everything that can be got out of an error, its causes included. */
export function everything(error: unknown): string {
  return inspect(error, { depth: 10, showHidden: true, maxStringLength: null, breakLength: Infinity });
}
