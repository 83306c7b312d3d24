import { createAuthority, createServerCertificate } from '../../../src/emulator/certificate.ts';

/** Every name that production talks to over TLS. */
export const publicHosts = [
  'login.microsoftonline.com',
  'token.botframework.com',
  'login.botframework.com',
  'smba.trafficmanager.net',
  'management.azure.com',
  'graph.microsoft.com',
] as const;

/** What a stand-in serves with, and the authority that its callers have to trust. */
export interface StandInTls {
  readonly caPem: string;
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** A new authority and one certificate of it for all public names, 127.0.0.1 and localhost. */
export function createStandInTls(): StandInTls {
  const now = new Date();
  const authority = createAuthority(now);
  return { caPem: authority.certificatePem, ...createServerCertificate(authority, now, { moreNames: publicHosts }) };
}
