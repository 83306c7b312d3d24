import type { Locale } from '../../src/cards/texts.ts';
import { pageFrame } from '../../src/web/page-frame.ts';
import { confirmContent, resultContent, type ResultKey } from '../../src/web/step-up-words.ts';
import type { Activation } from '../../src/store/activations.ts';
import type { StepUpRecord } from '../../src/store/step-ups.ts';
import { alex, megan, noon, sampleDraft } from '../store/samples.ts';

const results: Readonly<Record<ResultKey, true>> = {
  done: true, pending: true, refused: true, unknown: true, expired: true, over: true, otherPerson: true, notStrong: true, denied: true, notFound: true, error: true, nothingSent: true,
};
const reasons: Readonly<Record<Locale, string>> = { en: 'Agreed in the incident channel', ja: 'インシデント用チャネルで合意済み' };
const justifications: Readonly<Record<Locale, string>> = { en: 'The deployment hangs:\nits slot has to be swapped back by hand', ja: 'デプロイが止まっているため、\nスロットを手動で戻す必要があります' };

/** Every page that people can see, by name. */
export function everyPage(locale: Locale): readonly { readonly name: string; readonly body: string }[] {
  const frame = pageFrame('https://login.microsoftonline.com');
  const activation = activationOf(locale);
  const contents = [
    ...(['activate', 'approve', 'deny'] as const).map((action) => ({ name: `step-up-${action}`, content: confirmContent(locale, recordOf(locale, action), activation) })),
    ...resultKeys().map((key) => ({ name: `result-${kebab(key)}`, content: resultContent(locale, key, recordOf(locale, 'activate')) })),
  ];
  return contents.map(({ name, content }) => ({ name, body: frame.answer(locale, 200, content).body }));
}

function resultKeys(): readonly ResultKey[] {
  return Object.keys(results).filter((key): key is ResultKey => key in results);
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function recordOf(locale: Locale, action: StepUpRecord['action']): StepUpRecord {
  return {
    id: 'A'.repeat(43), requestId: '55555555-5555-4555-8555-555555555555', person: action === 'activate' ? alex : megan, action,
    reason: action === 'activate' ? '' : reasons[locale], requestVersion: 2, stepUp: { kind: 'mfa' }, offer: null, state: 'open', createdAt: noon,
  };
}

function activationOf(locale: Locale): Activation {
  const draft = sampleDraft({ justification: justifications[locale], ticket: { number: 'INC-4711', system: 'ServiceNow' } });
  return {
    ...draft, pimId: null, minutes: 150, justification: justifications[locale], ticket: draft.ticket ?? null, origin: 'bot', state: 'awaitingStepUp', version: 2,
    pimStatus: null, approvalId: null, approversAskedAt: null, problem: null, decision: null, submittedAt: null, startAt: null, endAt: null, approvedUntil: null, nudgedAt: null, approvalsPossible: null, approvalsCounted: null, offer: null, eligibleUntil: null, requestedStart: null,
  };
}
