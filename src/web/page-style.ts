/** Light or dark as the browser is set, in its own colours; narrow first. Without a character that `html` escapes. */
export const pageStyle = `
:root { color-scheme: light dark; }
body { margin: 0; background: Canvas; color: CanvasText; font: 1rem/1.5 Segoe UI, system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 34rem; margin: 0 auto; padding: 1.5rem 1.25rem; }
:lang(ja) { word-break: auto-phrase; }
h1 { margin: 0 0 0.75rem; font-size: 1.5rem; line-height: 1.3; text-wrap: balance; }
dl { margin: 1.25rem 0; border: solid GrayText; border-width: 1px 0; padding: 0.25rem 0; }
dl div { margin: 0.625rem 0; }
dt { font-size: 0.875rem; color: color-mix(in srgb, CanvasText 70%, Canvas); }
dd { margin: 0; font-weight: 600; white-space: pre-line; }
button { min-height: 2.75rem; padding: 0.5rem 1.25rem; border: 0; border-radius: 0.25rem; background: #0f6cbd; color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
button:hover { background: #115ea3; }
a { color: LinkText; }
a:focus-visible, button:focus-visible { outline: 3px solid CanvasText; outline-offset: 2px; }
`;
