import type { AdaptiveCard } from './adaptive-card.ts';

/** Most bytes of a card, as JSON in UTF-8. Teams takes more in a chat; webhooks and older clients stop here. */
export const largestCard = 28 * 1024;

export function cardBytes(card: AdaptiveCard): number {
  return Buffer.byteLength(JSON.stringify(card), 'utf8');
}

/** The card with the most entries, up to `most`, that is still small enough. */
export function largestFitting(most: number, build: (entries: number) => AdaptiveCard): AdaptiveCard {
  const whole = build(most);
  if (cardBytes(whole) <= largestCard) return whole;
  let fitting = 0;
  let tooMany = most;
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (cardBytes(build(middle)) <= largestCard) fitting = middle;
    else tooMany = middle;
  }
  return build(fitting);
}
