/** At how many scopes one question looks at most, and at how many at a time: each look is a call, and Azure takes a second or two for it. */
export const mostScopes = 20;
/** The same of role settings, all of which are wanted in one file: as many as one file may be about. */
export const mostSettingsScopes = 100;
export const scopesAtOnce = 4;
