import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

/** Runs an entry point as `npm` does, with nothing of this process's environment but what is given. */
async function run(args: readonly string[], env: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

test('the check activates with approval over the wire, prints each step and exits 0', async () => {
  const { code, out, err } = await run(['src/dev.ts', '--check']);
  expect(err).toBe('');
  expect(out.trim().split('\n')).toHaveLength(7);
  expect(out).toMatch(/PIM, asked as Nestor Wilke, lists the role as active/);
  expect(code).toBe(0);
}, 120_000);

test('with a 500 at the PUT the check exits 1 and says so', async () => {
  const { code, out, err } = await run(['src/dev.ts', '--check', '--break-put']);
  expect(err).toContain('PIM answered 500 to the PUT');
  expect(out).not.toContain('lists the role as active');
  expect(code).toBe(1);
}, 120_000);

test('promise 2: the production entry point refuses an empty environment, with everything at once', async () => {
  const { code, out, err } = await run(['src/index.ts']);
  for (const name of ['MicrosoftAppId', 'MicrosoftAppTenantId', 'SIGN_IN_CONNECTION', 'BOT_MANAGED_IDENTITY_CLIENT_ID']) expect(err).toContain(name);
  expect(out).toBe('');
  expect(code).toBe(1);
});

test('promise 2: no setting of the environment lets the production entry point in without channel authentication', async () => {
  const { code, err } = await run(['src/index.ts'], { NODE_ENV: 'development', DEV: '1', MicrosoftAppType: 'MultiTenant', MicrosoftAppId: '' });
  expect(err).toContain('MicrosoftAppType must be SingleTenant');
  expect(code).toBe(1);
});

test('a port in use is one clear sentence and exit 1', async () => {
  const taken = createServer().listen(3978, '127.0.0.1');
  // Whoever else has the port serves as well.
  const listening = await once(taken, 'listening').then(() => true, () => false);
  const { code, err } = await run(['src/dev.ts']);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(err).toContain('3978');
  expect(code).toBe(1);
  if (listening) taken.close();
}, 60_000);

test('an unknown flag is one clear sentence and exit 1', async () => {
  const { code, err } = await run(['src/dev.ts', '--chekc']);
  expect(err).toContain('--chekc');
  expect(code).toBe(1);
});
