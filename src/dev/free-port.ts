import { createServer } from 'node:net';

/**
 * Makes sure that nobody listens on the port, on any address of this machine.
 * @param port 0: any free one
 * @returns the port
 * @throws {Error} one sentence, when the port is busy or may not be used
 */
export function freePort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => { reject(new Error(sentence(port, error), { cause: error })); });
    server.listen({ port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => { resolve(address === null || typeof address === 'string' ? port : address.port); });
    });
  });
}

function sentence(port: number, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return portInUse(port);
  if (code === 'EACCES') return `Port ${port} may not be used by this account: set PLAYGROUND_PORT in env/.env.local to another.`;
  return `Port ${port} cannot be used: ${message}.`;
}

/** The windows' ports are counted up from the one that is set. */
export function portInUse(port: number): string {
  return `Port ${port} is in use by another program: stop it, or set PLAYGROUND_PORT, the first window's port, in env/.env.local.`;
}
