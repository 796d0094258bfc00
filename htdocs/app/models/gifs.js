// gifs.js - GIFs by words, from the provider that this server asks.

import { get } from '../net/api.js';
import { isGifUrl } from '../text/gif.js';

const MOST = 30;

/** The server's limit for the words, in bytes. */
export const WORDS_MOST = 200;

const size = (value) => (Number.isFinite(value) && value > 0 ? value : 1);

/** [{url, preview_url, width, height}], those that can be sent. Throws an ApiError, or the signal's abort. */
export async function searchGifs(words, signal) {
  const list = await get('/api/gif/search', { q: words, limit: MOST }, { signal });
  return list.filter((gif) => isGifUrl(gif.url) && isGifUrl(gif.preview_url))
    .map((gif) => ({ ...gif, width: size(gif.width), height: size(gif.height) }));
}
