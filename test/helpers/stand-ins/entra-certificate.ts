import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createAuthority, createServerCertificate } from '../../../src/emulator/certificate.ts';

/** What an application proves itself with: an RSA key, as Entra ID takes no other. */
export interface ClientCertificate {
  /** Private key and certificate. */
  readonly pem: string;
  readonly privateKey: string;
  /** Of the certificate, in hexadecimal digits. */
  readonly thumbprintSha256: string;
}

export function createClientCertificate(): ClientCertificate {
  const now = new Date();
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { keyPem, certificatePem } = createServerCertificate(createAuthority(now), now, { keys });
  const thumbprintSha256 = createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('hex');
  return { pem: `${keyPem}${certificatePem}`, privateKey: keyPem, thumbprintSha256 };
}
