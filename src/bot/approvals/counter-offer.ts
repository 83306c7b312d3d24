import { noticeCard } from '../../cards/notice.ts';
import { offerCard, type OfferRefusal } from '../../cards/offer.ts';
import type { Verb } from '../../cards/verbs.ts';
import { minimumMinutes } from '../../pim/check-activation.ts';
import type { Scope } from '../../pim/model.ts';
import { isBelow, parseScope, sameScope } from '../../pim/scope.ts';
import type { Activation } from '../../store/activations.ts';
import type { Offer } from '../../store/tables.ts';
import { shownActivation } from '../activations/show-activation.ts';
import { decideApproval, findDecidable } from './decide-approval.ts';
import { mayRead } from './decision.ts';
import type { BotParts } from '../parts.ts';
import type { Reply } from '../reply.ts';
import type { Actor, Turn } from '../turn.ts';

type OfferAction = Extract<Verb, { verb: 'approval.sendOffer' }>;

/** "Offer less…": the form, in place of the approver's card. */
export async function openOffer(parts: BotParts, turn: Turn, action: Pick<OfferAction, 'requestId' | 'version'>): Promise<Reply> {
  const activation = await findDecidable(parts, turn, 'deny', action);
  return 'card' in activation ? activation : showOffer(parts, turn, activation);
}

/**
 * An offer denies the request as it is, and says what would be approved instead: never longer, never another scope, and
 * narrower in something (promise 13). It goes to the approvers again once the requester has taken it up.
 */
export async function sendOffer(parts: BotParts, turn: Turn, action: OfferAction): Promise<Reply> {
  const activation = await findDecidable(parts, turn, 'deny', action);
  if ('card' in activation) return activation;
  const offer = offerOf(activation, turn.actor, action);
  if (typeof offer === 'string') return showOffer(parts, turn, activation, { entered: action, refused: offer });
  return decideApproval(parts, turn, 'deny', { ...action, offer });
}

/** The form tells of the request: nobody else sees any of it. */
async function showOffer(parts: BotParts, turn: Turn, activation: Activation, more: { readonly entered?: OfferAction; readonly refused?: OfferRefusal } = {}): Promise<Reply> {
  if (!await mayRead(parts, turn, activation)) return { card: noticeCard(turn.reader, { key: 'notYourDecision' }) };
  const { requestId, version } = activation;
  const card = offerCard(turn.reader, { activation: shownActivation(activation), mayNarrow: mayNarrow(activation), ...more });
  return { card, shows: { requestId, version, kind: 'approver' } };
}

/**
 * What lies below a management group no path tells: PIM would have to be asked, as the requester. And PIM takes a request for
 * something below an eligibility only where that is named.
 */
function mayNarrow({ scope: { type }, eligibilityScheduleId }: Activation): boolean {
  return eligibilityScheduleId !== '' && (type === 'subscription' || type === 'resourceGroup');
}

function offerOf(activation: Activation, { id, name }: Actor, { minutes, scopeId, reason = '' }: OfferAction): Offer | OfferRefusal {
  if (reason.trim() === '') return 'reasonMissing';
  const scope = scopeBelow(activation, (scopeId ?? '').trim());
  if (scope === null) return 'scopeNotBelow';
  const asked = activation.minutes ?? 0;
  const offered = minutes ?? asked;
  const isNarrower = offered < asked || !sameScope(scope.id, activation.scope.id);
  return offered <= asked && offered >= Math.min(minimumMinutes(activation.settings), asked) && isNarrower ? { formId: crypto.randomUUID(), by: { id, name }, reason: reason.trim(), minutes: offered, scope } : 'notNarrower';
}

/** A path, or the name of a resource group of the subscription; empty: the scope that was asked for. */
function scopeBelow(activation: Activation, words: string): Scope | null {
  const { scope: asked } = activation;
  if (words === '' || sameScope(words, asked.id)) return asked;
  if (!mayNarrow(activation)) return null;
  const path = words.startsWith('/') || asked.type !== 'subscription' ? words : `${asked.id}/resourceGroups/${words}`;
  const scope = path.startsWith('/') ? parseScope(path) : null;
  return scope !== null && isBelow(scope.id, asked.id) ? scope : null;
}
