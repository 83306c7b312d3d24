import type { Activity } from 'botbuilder';
import type { AuthenticateRequestResult } from 'botframework-connector';
import { SingleTryAuthentication } from './single-try.ts';

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * For the embedded stack and tests only: no channel authentication, and answers go to this machine alone.
 * The production entry point cannot reach this file; `npm run check` sees to it.
 */
export class DevAuthentication extends SingleTryAuthentication {
  override async authenticateRequest(activity: Activity, authHeader: string): Promise<AuthenticateRequestResult> {
    if (!loopbackHosts.has(new URL(activity.serviceUrl).hostname)) {
      throw new Error('The embedded stack answers to this machine only.');
    }
    return super.authenticateRequest(activity, authHeader);
  }
}
