import type { Server } from 'node:http';
import { createServerCertificate } from './certificate.ts';
import { DataFolder } from './data-folder.ts';
import { Identity } from './identity.ts';
import { StateFile } from './saved-state.ts';
import { checkSeed, loadSeed } from './seed-file.ts';
import type { Seed } from './seed.ts';
import { PimService } from './service.ts';
import { createHttpsWire, createHttpWire } from './wire.ts';

export interface EmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Also listens on this one without encryption; 0 takes a free one. */
  readonly httpPort?: number;
  /** A seed, or the path of a seed file. */
  readonly seed: Seed | string;
  /** State, authority and token key are kept here; without it nothing is kept. */
  readonly dataFolder?: string;
  /** Items on a page of a listing; 100 by default. */
  readonly pageSize?: number;
}

export interface Emulator {
  /** e.g. `https://127.0.0.1:10443` */
  readonly origin: string;
  /** e.g. `http://127.0.0.1:10080`; `null`: https alone. */
  readonly httpOrigin: string | null;
  /** Certificate of the authority to trust. */
  readonly caPem: string;
  readonly caFile: string;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The port is not to be had. */
class PortError extends Error {
  override readonly name = 'PortError';
}

/** Starts the local PIM service on 127.0.0.1. Rejects with `SeedError`, `DataFolderError` or `PortError`. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const seed = typeof options.seed === 'string' ? loadSeed(options.seed) : checkSeed(options.seed);
  const folder = new DataFolder(options.dataFolder);
  try {
    return await start(seed, folder, options);
  } catch (error) {
    folder.leave();
    throw error;
  }
}

async function start(seed: Seed, folder: DataFolder, { port = 0, httpPort, pageSize = 100 }: EmulatorOptions): Promise<Emulator> {
  const stopping = new AbortController();
  const authority = folder.authority(new Date());
  const identity = await Identity.create(await folder.tokenKey(), seed.tenantId.toLowerCase());
  const stateFile = folder.isKept ? new StateFile(folder.path, seed) : null;
  const service = new PimService({ seed, identity, pageSize, stateFile, machineTime });
  const https = createHttpsWire(service, createServerCertificate(authority, new Date()), stopping.signal);
  const origin = `https://127.0.0.1:${await listen(https, port)}`;
  const http = httpPort === undefined ? null : createHttpWire(service, stopping.signal);
  const httpOrigin = http === null ? null : `http://127.0.0.1:${await listenBeside(https, http, httpPort ?? 0)}`;

  let closing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping.abort();
    const servers = http === null ? [https] : [https, http];
    await Promise.all(servers.map(closeServer));
    service.close();
    folder.leave();
  };
  const close = (): Promise<void> => (closing ??= stop());
  return { origin, httpOrigin, caPem: authority.certificatePem, caFile: folder.caFile, close, [Symbol.asyncDispose]: close };
}

/** Where the second port is not to be had, the first is given back. */
async function listenBeside(first: Server, second: Server, port: number): Promise<number> {
  try {
    return await listen(second, port);
  } catch (error) {
    await closeServer(first);
    throw error;
  }
}

function machineTime(): number {
  return new Date().getTime();
}

function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once('error', (error) => {
    reject(new PortError(`The PIM service cannot listen on 127.0.0.1:${port}: ${reason(error)}.`, { cause: error }));
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    resolve(typeof address === 'object' && address !== null ? address.port : port);
  });
  return promise;
}

const listenFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use',
  EACCES: 'this user may not use the port',
};

function reason({ code = '', message }: NodeJS.ErrnoException): string {
  return listenFaults[code] ?? message;
}

function closeServer(server: Server): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.close((error) => (error === undefined ? resolve() : reject(error)));
  server.closeAllConnections();
  return promise;
}
