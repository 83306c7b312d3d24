import { setTimeout as delay } from 'node:timers/promises';
import type { StepUpSettings } from '../../src/app.ts';
import { postJson } from '../../src/dev/emulator-tokens.ts';
import type { Emulator } from '../../src/emulator/emulator.ts';
import type { ShownCard } from './fake-teams.ts';

const stepUpOrigin = 'https://pim-bot.contoso.example';

/** How the stronger sign-in of a world goes. */
export interface StepUpHabits {
  /** Milliseconds until the first token that comes of it is had. */
  tokenTakesMs: number;
}

/** Step-up without Entra ID: the "code" is the object id of who has signed in, with a second factor and the context `c1`. */
export function stepUpWithoutEntra(emulator: Emulator, tenantId: string, habits: StepUpHabits): StepUpSettings {
  return {
    publicUrl: stepUpOrigin,
    signInSource: 'https:',
    client: {
      signInUrl: ({ state }) => Promise.resolve(`https://login.microsoftonline.com/sign-in?state=${state}`),
      redeem: ({ code, scope }) => Promise.resolve({
        personId: code, tenantId,
        credential: {
          getToken: async () => {
            const wait = habits.tokenTakesMs;
            habits.tokenTakesMs = 0;
            await delay(wait);
            return strongToken(emulator, code, scope.replace('/.default', ''));
          },
        },
      }),
    },
  };
}

async function strongToken(emulator: Emulator, user: string, audience: string): Promise<{ token: string; expiresOnTimestamp: number }> {
  const answer = await postJson(emulator, '/emulator/token', { user, audience, claims: { acrs: ['c1'], amr: ['pwd', 'mfa'] } });
  if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) throw new Error('the local PIM service gave no token');
  return { token: String(answer.access_token), expiresOnTimestamp: Date.now() };
}

/** The address behind the button of a card that asks for a stronger sign-in; empty where there is none. */
export function stepUpLink({ json }: ShownCard): string {
  return /https:\/\/pim-bot\.contoso\.example\/step-up\/[\w-]+/.exec(JSON.stringify(json))?.[0] ?? '';
}

/** Presses the page's button and comes back from the sign-in as this person. @returns the headline of the page that follows */
export async function signsInMoreStrongly(botUrl: string, link: string, personId: string): Promise<string> {
  const page = `${botUrl}${new URL(link).pathname}`;
  const begun = await fetch(page, {
    method: 'POST', redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', origin: 'null' },
  });
  if (begun.status !== 303) throw new Error(`no sign-in was begun: ${begun.status}`);
  const cookie = begun.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
  const back = await fetch(`${botUrl}/step-up/callback?${new URLSearchParams({ code: personId, state }).toString()}`, { headers: { cookie } });
  return /<h1>([^<]*)/.exec(await back.text())?.[1] ?? '';
}
