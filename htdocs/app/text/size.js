// size.js - how long a text is for the server, which counts bytes of UTF-8; and what of it is sent.

const encoder = new TextEncoder();

export const byteLength = (text) => encoder.encode(text).length;

/** A half of a surrogate pair cannot be written as UTF-8: it becomes what stands for a broken character. */
export const wellFormed = (text) => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/**
 * What is sent of what was written: no empty lines around it, nothing after its end. '' if there is nothing to be seen.
 */
export const sentText = (text) => wellFormed(text).replace(/^(?:\s*\n)+/, '').trimEnd();
