// same-rows.js - rows of a long list, so that drawing it again costs what has changed in it.

import { useRef } from '../../html.js';

/** Draws each entry; one that is the same object as before is the same element, which is left alone. */
export function useSameRows(entries, draw) {
  const drawn = useRef(new Map());
  drawn.current = new Map(entries.map((entry) => [entry, drawn.current.get(entry) ?? draw(entry)]));
  return [...drawn.current.values()];
}
