import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/**
 * X.509 certificates for the local service: an authority, and a certificate of it for 127.0.0.1, localhost and further names.
 * Elliptic-curve keys (P-256) unless another key is given, encoded in DER by hand. RFC 5280; tags and lengths from X.690.
 */
export interface KeyAndCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

const dayMs = 86_400_000;
const authorityName = 'Local PIM service CA';

const oid = {
  ecdsaWithSha256: Buffer.from('2a8648ce3d040302', 'hex'),
  commonName: Buffer.from('550403', 'hex'),
  subjectKeyIdentifier: Buffer.from('551d0e', 'hex'),
  keyUsage: Buffer.from('551d0f', 'hex'),
  subjectAlternativeName: Buffer.from('551d11', 'hex'),
  basicConstraints: Buffer.from('551d13', 'hex'),
  authorityKeyIdentifier: Buffer.from('551d23', 'hex'),
  extendedKeyUsage: Buffer.from('551d25', 'hex'),
  serverAuthentication: Buffer.from('2b06010505070301', 'hex'),
};

/** A certificate authority that is valid for ten years from the day before `now`. */
export function createAuthority(now: Date): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(oid.basicConstraints, sequence(der(0x01, Buffer.from([0xff]))), 'critical'),
    extension(oid.keyUsage, der(0x03, Buffer.from([0x01, 0x06])), 'critical'), // keyCertSign, cRLSign
    extension(oid.subjectKeyIdentifier, der(0x04, keyIdentifier(publicKey))),
  ];
  const subject = { name: authorityName, publicKey, extensions, days: 3650 };
  return { keyPem: pemOf(privateKey), certificatePem: certificate(subject, privateKey, now) };
}

export interface ServerCertificateOptions {
  /** DNS names beside localhost. */
  readonly moreNames?: readonly string[];
  /** Another key than a new P-256 one. */
  readonly keys?: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
}

/** A server certificate for 127.0.0.1, localhost and more names that is valid for a year from the day before `now`. */
export function createServerCertificate(authority: KeyAndCertificate, now: Date, options: ServerCertificateOptions = {}): KeyAndCertificate {
  const { moreNames = [], keys: { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }) } = options;
  const dnsNames = ['localhost', ...moreNames].map((name) => der(0x82, Buffer.from(name, 'ascii')));
  const names = sequence(...dnsNames, der(0x87, Buffer.from([127, 0, 0, 1])));
  const issuerKey = keyIdentifier(createPublicKey(authority.certificatePem));
  const extensions = [
    extension(oid.basicConstraints, sequence(), 'critical'),
    extension(oid.keyUsage, der(0x03, Buffer.from([0x07, 0x80])), 'critical'), // digitalSignature
    extension(oid.extendedKeyUsage, sequence(der(0x06, oid.serverAuthentication))),
    extension(oid.subjectAlternativeName, names),
    extension(oid.subjectKeyIdentifier, der(0x04, keyIdentifier(publicKey))),
    extension(oid.authorityKeyIdentifier, sequence(der(0x80, issuerKey))),
  ];
  const subject = { name: 'localhost', publicKey, extensions, days: 365 };
  return { keyPem: pemOf(privateKey), certificatePem: certificate(subject, createPrivateKey(authority.keyPem), now) };
}

interface Subject {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly days: number;
}

function certificate(subject: Subject, issuerKey: KeyObject, now: Date): string {
  const algorithm = sequence(der(0x06, oid.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f); // positive, and no leading zero
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    algorithm,
    commonName(authorityName),
    sequence(time(now.getTime() - dayMs), time(now.getTime() + (subject.days - 1) * dayMs)),
    commonName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...subject.extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuerKey);
  const whole = sequence(toBeSigned, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function commonName(text: string): Buffer {
  return sequence(der(0x31, sequence(der(0x06, oid.commonName), der(0x0c, Buffer.from(text)))));
}

function extension(id: Buffer, value: Buffer, critical?: 'critical'): Buffer {
  const flag = critical === undefined ? Buffer.alloc(0) : der(0x01, Buffer.from([0xff]));
  return sequence(der(0x06, id), flag, der(0x04, value));
}

/** UTCTime up to 2049, GeneralizedTime from 2050 on. */
function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().replace(/[-T:]|\..*/g, '')}Z`;
  return digits < '2050' ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1').update(publicKey.export({ type: 'spki', format: 'der' })).digest();
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const long = size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(size < 0x80 ? [size] : long)]), content]);
}
