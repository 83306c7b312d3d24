/** OneDrive and SharePoint alone (promise 23): no user, port or escape in front of the path. What cannot be written cannot be read in two ways. */
const address = /^https:\/\/[a-z0-9-]{1,63}\.sharepoint\.com\/[\w.~!$&'()*+,;=:@/?%-]*$/i;

/** Whether this is an address at which Teams keeps people's files. It lets in whoever has it: no token goes along, and it is neither logged nor stored. */
export function isFileAddress(url: string): boolean {
  return address.test(url);
}

/** The same of a page that is shown and never asked for: it names folders, which may be called anything. */
export function isFilePage(url: string): boolean {
  const { protocol, host, username, password } = URL.parse(url) ?? {};
  return protocol === 'https:' && username === '' && password === '' && address.test(`https://${host}/`);
}
