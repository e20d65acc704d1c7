const KEY_ADDRESS = /^(https?:\/\/[^/?#@]+)\/v1\/([A-Za-z0-9_./-]+)\/keys\/([A-Za-z0-9_.-]+)$/;
/** Plain HTTP would send the token in the clear. */
const ON_THIS_MACHINE = /^http:\/\/(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(:\d{1,5})?$/;

/** @returns where the key's operations are, or null when the text is no address of a Transit key over TLS (or on this machine). */
export const parseKeyAddress = (address: string): { readonly origin: string; readonly mount: string; readonly name: string } | null => {
  const [, origin = '', mount = '', name = ''] = KEY_ADDRESS.exec(address) ?? [];
  if (name === '' || !URL.canParse(origin)) return null;
  if (!origin.startsWith('https://') && !ON_THIS_MACHINE.test(origin)) return null;
  return { origin, mount, name };
};
