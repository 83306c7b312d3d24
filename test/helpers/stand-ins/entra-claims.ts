import { z } from 'zod';

/** How strongly somebody signed in. */
export interface Strength {
  readonly acrs: readonly string[];
  readonly amr: readonly string[];
}

/** What the `claims` parameter of a request asks for. https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter */
export interface AskedClaims extends Strength {
  /** Essential claims that are none of `acrs`, `amr`, `nbf` and `xms_cc`. */
  readonly others: readonly string[];
  /** `cp1`: the client understands claims challenges. */
  readonly capabilities: readonly string[];
}

const wish = z.object({ essential: z.boolean().optional(), value: z.string().optional(), values: z.array(z.string()).optional() }).nullable();
const parameter = z.object({ access_token: z.record(z.string(), wish).default({}), id_token: z.record(z.string(), wish).default({}) });

const ours = new Set(['acrs', 'amr', 'nbf', 'xms_cc']);

/** Nothing is asked for where `text` is null; null where it is not a `claims` parameter. */
export function readClaims(text: string | null): AskedClaims | null {
  const parsed = parameter.safeParse(parseJson(text ?? '{}'));
  if (!parsed.success) return null;
  const { access_token: asked } = parsed.data;
  const valuesOf = (name: string): readonly string[] => {
    const { value, values = [] } = asked[name] ?? {};
    return value === undefined ? values : [value, ...values];
  };
  return {
    acrs: valuesOf('acrs'),
    amr: valuesOf('amr'),
    capabilities: valuesOf('xms_cc'),
    others: Object.keys(asked).filter((name) => asked[name]?.essential === true && !ours.has(name)),
  };
}

/** Whether a sign-in of this strength is enough. Every new token fulfils `nbf`. */
export function isFulfilled({ acrs, amr, others }: AskedClaims, strength: Strength): boolean {
  return others.length === 0 && acrs.every((value) => strength.acrs.includes(value)) && amr.every((value) => strength.amr.includes(value));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
