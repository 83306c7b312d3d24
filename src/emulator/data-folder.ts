import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JWK } from 'jose';
import { createAuthority } from './certificate.ts';
import type { KeyAndCertificate } from './certificate.ts';
import { newPrivateJwk } from './identity.ts';

/** A data folder that cannot be used; the message says what to do. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

/** Where the service keeps its authority, its token key and its state. Without a name it is a fresh one, gone at the end. */
export class DataFolder {
  readonly path: string;
  readonly isKept: boolean;
  readonly #lock: DatabaseSync | null;

  /** Takes the folder for this process. Throws `DataFolderError`. */
  constructor(folder: string | undefined) {
    this.isKept = folder !== undefined;
    this.path = path.resolve(folder ?? mkdtempSync(path.join(tmpdir(), 'pim-emulator-')));
    try {
      mkdirSync(this.path, { recursive: true });
    } catch (error) {
      throw new DataFolderError(`${this.path} cannot be a data folder (${reason(error)}): choose another one.`, { cause: error });
    }
    this.#lock = this.isKept ? lockFolder(this.path) : null;
  }

  get caFile(): string {
    return path.join(this.path, 'ca.pem');
  }

  /** Made at the first start. Its key never leaves the folder, and is not written where nothing is kept. Throws `DataFolderError`. */
  authority(now: Date): KeyAndCertificate {
    const keyFile = path.join(this.path, 'ca.key.pem');
    if (existsSync(keyFile) && existsSync(this.caFile)) {
      return readAuthority(keyFile, this.caFile, now);
    }
    const authority = createAuthority(now);
    this.#writeSecret(keyFile, authority.keyPem);
    writeWhole(this.caFile, authority.certificatePem);
    return authority;
  }

  /** The key that signs tokens. Kept, so that a token outlives a restart. Throws `DataFolderError`. */
  async tokenKey(): Promise<JWK> {
    const file = path.join(this.path, 'token-key.json');
    if (existsSync(file)) {
      return readJwk(file);
    }
    const key = await newPrivateJwk();
    this.#writeSecret(file, JSON.stringify(key));
    return key;
  }

  /** Gives the folder back to others, and removes one that is not kept. */
  leave(): void {
    if (this.isKept) {
      this.#lock?.close();
    } else {
      rmSync(this.path, { recursive: true, force: true });
    }
  }

  #writeSecret(file: string, text: string): void {
    if (this.isKept) {
      writeWhole(file, text, 0o600);
    }
  }
}

/** The text of a file that is there. Throws `DataFolderError`. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DataFolderError(`${file} cannot be read (${reason(error)}): make it readable, or delete it.`, { cause: error });
  }
}

/**
 * SQLite's lock on a file in the folder: the operating system takes it back when the process ends, however it ends, so
 * that a crash leaves nothing to clean up.
 */
function lockFolder(folder: string): DatabaseSync {
  const file = path.join(folder, 'in-use.lock');
  const lock = openLock(file);
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const isBusy = /locked/.test(reason(error));
    const sentence = isBusy
      ? `The data folder ${folder} is in use by another PIM service: stop that one, or choose another folder.`
      : `${file} cannot be locked (${reason(error)}): delete it.`;
    throw new DataFolderError(sentence, { cause: error });
  }
}

function openLock(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file);
  } catch (error) {
    throw new DataFolderError(`${file} cannot be written (${reason(error)}): make its folder writable, or choose another one.`, { cause: error });
  }
}

/** Renamed into place: who reads it, and who starts after a crash, finds all of it or nothing. */
export function writeWhole(file: string, text: string, mode = 0o644): void {
  const temporary = `${file}.new`;
  try {
    writeFileSync(temporary, text, { mode });
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    throw new DataFolderError(`${file} cannot be written (${reason(error)}): make its folder writable, or choose another one.`, { cause: error });
  }
}

function readAuthority(keyFile: string, caFile: string, now: Date): KeyAndCertificate {
  const [keyPem, certificatePem] = [readText(keyFile), readText(caFile)];
  const wayOut = `delete ${keyFile} and ${caFile}, and trust the authority that the next start makes.`;
  const key = parsed(() => createPrivateKey(keyPem));
  const certificate = parsed(() => new X509Certificate(certificatePem));
  if (key?.asymmetricKeyType !== 'ec') {
    throw new DataFolderError(`${keyFile} holds no key of an authority: ${wayOut}`);
  }
  if (certificate === null || !certificate.checkPrivateKey(key)) {
    throw new DataFolderError(`${caFile} holds no certificate of the key beside it: ${wayOut}`);
  }
  if (Date.parse(certificate.validTo) <= now.getTime()) {
    throw new DataFolderError(`${caFile} has run out: ${wayOut}`);
  }
  return { keyPem, certificatePem };
}

function readJwk(file: string): JWK {
  const text = readText(file);
  const key = parsed((): KeyObject => createPrivateKey({ key: JSON.parse(text), format: 'jwk' }));
  if (key?.asymmetricKeyType !== 'rsa') {
    throw new DataFolderError(`${file} holds no key: delete it, and the next start makes a new one.`);
  }
  return { ...key.export({ format: 'jwk' }), kty: 'RSA' };
}

/** `null` for what cannot be read as what it should be. */
function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

export function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
