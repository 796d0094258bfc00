// url.js - addresses that people write, checked before anything is made of them.

/**
 * The address as browsers write it, if its scheme is one of these ("https:") and it names nobody's password; or null.
 */
export function safeUrl(text, schemes) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return schemes.includes(url.protocol) && !url.username && !url.password ? url.href : null;
}
