import type { SeedPerson } from '../../../src/emulator/seed.ts';

/** Where a page's form goes: its action, and the sign-in or consent that it belongs to. */
export interface FormTarget {
  readonly action: string;
  readonly id: string;
}

export function accountPage({ action, id }: FormTarget, people: readonly SeedPerson[], hinted: string | null): string {
  const choices = people.map((person) => `
    <p><label><input type="radio" name="account" value="${person.id}"${person.userPrincipalName === hinted ? ' checked' : ''} required>
      ${escaped(person.name)} <small>${escaped(person.userPrincipalName)}</small></label></p>`);
  return page('Pick an account', form(action, id, `${choices.join('')}
    <button>Sign in</button>`));
}

export function phonePage({ action, id }: FormTarget, person: SeedPerson): string {
  return page('Approve the sign-in on your phone', form(action, id, `
    <p>${escaped(person.userPrincipalName)}</p>
    <button name="answer" value="approve">Approve</button>
    <button name="answer" value="deny">Deny</button>`));
}

/** Nobody has consented yet, and this person cannot. */
export function needsAdminPage({ action, id }: FormTarget): string {
  return page('Need admin approval', form(action, id, `
    <button name="answer" value="deny">Return to the application without granting consent</button>`));
}

export function consentPage({ action, id }: FormTarget): string {
  return page('Permissions requested', form(action, id, `
    <p>The application wants to use Azure Resource Manager and Microsoft Graph as the signed-in person.</p>
    <button name="answer" value="accept">Accept</button>
    <button name="answer" value="cancel">Cancel</button>`));
}

export function messagePage(message: string): string {
  return page('Sign-in', `<p>${escaped(message)}</p>`);
}

export function notFoundPage(): string {
  return page('Not found', '<p>There is nothing here.</p>');
}

function form(action: string, id: string, inside: string): string {
  return `<form method="post" action="${escaped(action)}">
    <input type="hidden" name="id" value="${escaped(id)}">${inside}
  </form>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
  <h1>${title}</h1>
  ${body}
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
