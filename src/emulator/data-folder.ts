import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

  /** Throws `DataFolderError`. */
  constructor(folder: string | undefined) {
    this.isKept = folder !== undefined;
    this.path = path.resolve(folder ?? mkdtempSync(path.join(tmpdir(), 'pim-emulator-')));
    try {
      mkdirSync(this.path, { recursive: true });
    } catch (error) {
      throw new DataFolderError(`${this.path} cannot be a data folder (${reason(error)}): choose another one.`, { cause: error });
    }
  }

  get caFile(): string {
    return path.join(this.path, 'ca.pem');
  }

  /** Made at the first start. Its key never leaves the folder, and is not written where nothing is kept. */
  authority(): KeyAndCertificate {
    const keyFile = path.join(this.path, 'ca.key.pem');
    if (existsSync(keyFile) && existsSync(this.caFile)) {
      return { keyPem: readFileSync(keyFile, 'utf8'), certificatePem: readFileSync(this.caFile, 'utf8') };
    }
    const authority = createAuthority(new Date());
    this.#writeSecret(keyFile, authority.keyPem);
    writeFileSync(this.caFile, authority.certificatePem);
    return authority;
  }

  /** The key that signs tokens. Kept, so that a token outlives a restart. */
  async tokenKey(): Promise<JWK> {
    const file = path.join(this.path, 'token-key.json');
    if (existsSync(file)) {
      return readJwk(file);
    }
    const key = await newPrivateJwk();
    this.#writeSecret(file, JSON.stringify(key));
    return key;
  }

  remove(): void {
    if (!this.isKept) {
      rmSync(this.path, { recursive: true, force: true });
    }
  }

  #writeSecret(file: string, text: string): void {
    if (this.isKept) {
      writeFileSync(file, text, { mode: 0o600 });
      chmodSync(file, 0o600);
    }
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readJwk(file: string): JWK {
  const value = parsed(readFileSync(file, 'utf8'));
  if (typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string') {
    return { ...value, kty: value.kty };
  }
  throw new DataFolderError(`${file} holds no key: delete it, and the next start makes a new one.`);
}

/** `null` for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
