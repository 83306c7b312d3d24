/**
 * A preload (`node --import`) that keeps a process on this machine: a connection to port 443 of a host that STAND_IN_HOSTS
 * names (`{"login.microsoftonline.com":12345}`) goes to that port of 127.0.0.1, loopback stays as it is, and everything else
 * is refused. TLS still checks the name that was asked. Every connection is a line of the file that STAND_IN_LOG names.
 */

import { appendFileSync } from 'node:fs';
import { isIP, Socket } from 'node:net';

/** A line of the log. */
export interface AskedHost {
  readonly host: string;
  readonly port: number;
  readonly to: 'standIn' | 'loopback' | 'refused';
}

interface Target {
  readonly host: string;
  readonly port: number;
}

const standIns = readStandIns(process.env['STAND_IN_HOSTS'] ?? '{}');
const logFile = process.env['STAND_IN_LOG'];
const connect: unknown = Reflect.get(Socket.prototype, 'connect');

Reflect.set(Socket.prototype, 'connect', function connectByMap(this: Socket, ...given: readonly unknown[]): Socket {
  // `net.connect` hands over its arguments in order, as one list: [options, callback].
  const [first, ...rest] = Array.isArray(given[0]) ? given[0] : given;
  const options = optionsOf(first, rest);
  const listener = rest.find((argument) => typeof argument === 'function');
  const target = targetOf(options);
  const to = target === null ? 'loopback' : placeOf(target);
  if (target !== null) record({ ...target, to });
  if (to === 'refused') return refuse(this, target);
  const port = to === 'standIn' ? standIns.get(target?.host ?? '') : undefined;
  const changed = port === undefined ? options : { ...options, host: '127.0.0.1', port };
  return call(this, listener === undefined ? [changed] : [changed, listener]);
});

function optionsOf(first: unknown, rest: readonly unknown[]): object {
  if (typeof first === 'object' && first !== null) return first;
  if (typeof first === 'string' && !/^\d+$/.test(first)) return { path: first };
  return { port: Number(first), ...(typeof rest[0] === 'string' ? { host: rest[0] } : {}) };
}

/** `null`: a socket of the file system. */
function targetOf(options: object): Target | null {
  const { path, host, port }: { path?: unknown; host?: unknown; port?: unknown } = options;
  if (typeof path === 'string') return null;
  return { host: (typeof host === 'string' ? host : 'localhost').toLowerCase().replace(/\.$/, ''), port: Number(port) };
}

function placeOf({ host, port }: Target): AskedHost['to'] {
  if (host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))) return 'loopback';
  return port === 443 && standIns.has(host) ? 'standIn' : 'refused';
}

function record(asked: AskedHost): void {
  if (logFile !== undefined) appendFileSync(logFile, `${JSON.stringify(asked)}\n`);
}

/** As an unreachable host ends: a moment later, by an error of the socket. */
function refuse(socket: Socket, target: Target | null): Socket {
  const error = Object.assign(new Error(`no stand-in for ${target?.host}:${target?.port}`), { code: 'EHOSTUNREACH', syscall: 'connect' });
  process.nextTick(() => socket.destroy(error));
  return socket;
}

function call(socket: Socket, args: readonly unknown[]): Socket {
  if (typeof connect !== 'function') throw new TypeError('a socket of this Node cannot connect');
  Reflect.apply(connect, socket, args);
  return socket;
}

function readStandIns(text: string): ReadonlyMap<string, number> {
  const map: unknown = JSON.parse(text);
  return new Map(Object.entries(map ?? {}).map(([host, port]) => [host.toLowerCase(), Number(port)]));
}
