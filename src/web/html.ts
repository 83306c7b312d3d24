const made = Symbol('made by html');

/** Markup that `html` has made: everything that came from elsewhere is escaped in it. */
export interface Html {
  readonly [made]: string;
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Texts go in as text, in an element or in a quoted attribute; only what `html` has made goes in as markup. */
export function html(literals: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  return { [made]: literals.map((literal, at) => literal + inserted(values[at] ?? '')).join('') };
}

export function markupOf(content: Html): string {
  return content[made];
}

function inserted(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
  return made in value ? value[made] : value.map(markupOf).join('');
}
