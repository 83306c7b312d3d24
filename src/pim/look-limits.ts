/** At how many scopes one question looks at most, and at how many at a time: each look is a call, and Azure takes a second or two for it. */
export const mostScopes = 20;
export const scopesAtOnce = 4;
