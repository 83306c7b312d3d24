import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createClientCertificate } from './entra-certificate.ts';
import type { AppProof } from '../../../src/identity/app-registration.ts';

export type ProofKind = AppProof['kind'];

export interface Registrations {
  readonly bot: { readonly appId: string; readonly proof: AppProof };
  readonly stepUp: { readonly appId: string; readonly proof: AppProof } | null;
  /** What the bot is told about them. */
  readonly env: Readonly<Record<string, string>>;
}

const botId = 'f6e00000-0000-4000-8000-000000000001';
const stepUpId = 'f6e00000-0000-4000-8000-000000000002';
const identityId = 'f6e00000-0000-4000-8000-000000000003';
const stepUpEnv = { STEP_UP_APP_ID: stepUpId };

/** The two app registrations in Entra ID. A managed identity or a certificate serves both; secrets are two. */
export function registrationsWith(kind: ProofKind, { stepUp, folder }: { stepUp: boolean; folder: string }): Registrations {
  const { proof, stepUpProof = proof, env, moreStepUpEnv = {} } = proofOf(kind, folder);
  return {
    bot: { appId: botId, proof },
    stepUp: stepUp ? { appId: stepUpId, proof: stepUpProof } : null,
    env: { MicrosoftAppId: botId, ...env, ...(stepUp ? { ...stepUpEnv, ...moreStepUpEnv } : {}) },
  };
}

interface Proof {
  readonly proof: AppProof;
  readonly stepUpProof?: AppProof;
  readonly env: Readonly<Record<string, string>>;
  readonly moreStepUpEnv?: Readonly<Record<string, string>>;
}

function proofOf(kind: ProofKind, folder: string): Proof {
  switch (kind) {
    case 'managedIdentity':
      return { proof: { kind, clientId: identityId }, env: { BOT_MANAGED_IDENTITY_CLIENT_ID: identityId } };
    case 'certificate': {
      const { pem } = createClientCertificate();
      const file = path.join(folder, 'bot.pem');
      writeFileSync(file, pem, { mode: 0o600 });
      return { proof: { kind, pem }, env: { BOT_CERTIFICATE_FILE: file } };
    }
    case 'secret': {
      const [value, stepUpValue] = [newSecret(), newSecret()];
      return { proof: { kind, value }, stepUpProof: { kind, value: stepUpValue }, env: { MicrosoftAppPassword: value }, moreStepUpEnv: { STEP_UP_APP_PASSWORD: stepUpValue } };
    }
  }
}

function newSecret(): string {
  return randomBytes(30).toString('base64url');
}
