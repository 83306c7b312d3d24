import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect } from 'node:tls';
import type { KeyAndCertificate } from '../../src/emulator/certificate.ts';
import { expect, it } from 'vitest';
import { createAuthority, createServerCertificate } from '../../src/emulator/certificate.ts';

const now = new Date();

async function shake(tls: KeyAndCertificate, ca: string, servername: string): Promise<string> {
  const server = createServer({ key: tls.keyPem, cert: tls.certificatePem });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect({ port, host: '127.0.0.1', ca, ...(servername === '127.0.0.1' ? {} : { servername }) });
  try {
    await once(socket, 'secureConnect');
    return socket.authorized ? 'trusted' : 'not trusted';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  } finally {
    socket.destroy();
    server.close();
  }
}

it('a client that trusts the authority trusts the server, by address and by name, and no other', async () => {
  const authority = createAuthority(now);
  const server = createServerCertificate(authority, now);
  expect(await shake(server, authority.certificatePem, '127.0.0.1')).toBe('trusted');
  expect(await shake(server, authority.certificatePem, 'localhost')).toBe('trusted');
  expect(await shake(server, authority.certificatePem, 'pim.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await shake(server, createAuthority(now).certificatePem, '127.0.0.1')).not.toBe('trusted');
});

it('the authority may sign and the server may not', () => {
  const authority = createAuthority(now);
  const root = new X509Certificate(authority.certificatePem);
  const leaf = new X509Certificate(createServerCertificate(authority, now).certificatePem);
  expect([root.ca, leaf.ca]).toEqual([true, false]);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(leaf.verify(root.publicKey)).toBe(true);
  expect(leaf.checkIssued(root)).toBe(true);
  expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1');
});

it('further names are trusted too, and nothing beside them', async () => {
  const authority = createAuthority(now);
  const names = Array.from({ length: 20 }, (_, n) => `service-${n}.pim.example`);
  const server = createServerCertificate(authority, now, { moreNames: names });
  expect(await shake(server, authority.certificatePem, 'service-19.pim.example')).toBe('trusted');
  expect(await shake(server, authority.certificatePem, '127.0.0.1')).toBe('trusted');
  expect(await shake(server, authority.certificatePem, 'service-20.pim.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  const { subjectAltName } = new X509Certificate(server.certificatePem);
  expect(subjectAltName).toBe(['localhost', ...names].map((name) => `DNS:${name}, `).join('') + 'IP Address:127.0.0.1');
});

it('a certificate can be had for an RSA key', async () => {
  const authority = createAuthority(now);
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const server = createServerCertificate(authority, now, { keys });
  expect(new X509Certificate(server.certificatePem).checkPrivateKey(keys.privateKey)).toBe(true);
  expect(await shake(server, authority.certificatePem, 'localhost')).toBe('trusted');
});

it('validity is written rightly on both sides of 2050', () => {
  const late = new Date('2049-06-01T12:00:00Z');
  const authority = new X509Certificate(createAuthority(late).certificatePem);
  expect(authority.validFromDate.toISOString()).toBe('2049-05-31T12:00:00.000Z');
  expect(authority.validToDate.toISOString()).toBe('2059-05-29T12:00:00.000Z');
});

it('a hundred certificates are all well-formed', () => {
  for (let n = 0; n < 100; n += 1) {
    const authority = createAuthority(now);
    const root = new X509Certificate(authority.certificatePem);
    expect(new X509Certificate(createServerCertificate(authority, now).certificatePem).verify(root.publicKey)).toBe(true);
    expect(root.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  }
});
