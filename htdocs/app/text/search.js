// search.js - finding names by what people type: case, accents and the order of what is skipped do not matter.

const MARKS = /\p{M}/gu;

/** The text as it is compared: small letters without accents. */
export const fold = (text) => text.normalize('NFD').replace(MARKS, '').toLowerCase();

/** Whether one of the texts holds the query, which is folded already. */
export const holdsAny = (texts, folded) => texts.some((text) => text && fold(text).includes(folded));
