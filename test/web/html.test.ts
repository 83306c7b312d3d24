import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, markupOf } from '../../src/web/html.ts';

// Guard: `html` (src/web/html.ts) is the only way to markup.

test('a text goes in as text, in an element and in a quoted attribute', () => {
  const words = `<b onclick="x">'&amp;'</b>`;
  expect(markupOf(html`<p title="${words}">${words}</p>`)).toBe(
    '<p title="&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/b&gt;">&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;amp;&#39;&lt;/b&gt;</p>',
  );
});

test('markup that was made here goes in as it is, alone and in lists', () => {
  const rows = ['a', '<'].map((row) => html`<li>${row}</li>`);
  expect(markupOf(html`<ul>${rows}</ul>${html`<hr>`}${[]}`)).toBe('<ul><li>a</li><li>&lt;</li></ul><hr>');
});

test('what only looks like markup that was made here is refused', () => {
  const forged: unknown = JSON.parse('{"made by html":"<script>","0":"<script>","length":1}');
  expect(() => Reflect.apply(html, null, [Object.assign(['', ''], { raw: ['', ''] }), forged])).toThrow(TypeError);
});

test('promise 32: no text gets out of its place', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', '\'', '&', ';', '/', '=', ' ', '`', '$', '{', '\0', '\n', 'a', '😀') }), (words) => {
    const inside = markupOf(html`${words}`);
    expect(inside).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/);
    const back: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': '\'' };
    expect(inside.replace(/&(?:amp|lt|gt|quot|#39);/g, (escaped) => back[escaped] ?? '')).toBe(words);
  }));
});
