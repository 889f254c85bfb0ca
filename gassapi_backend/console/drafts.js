// Drafts: what people typed and have not sent yet, kept for this window, even over a reload.

import { ROOT } from "./place.js";

const PREFIX = `gassapi:${ROOT}:draft:`;

/** @param {string} name @returns {Record<string, any>} */
export function draft(name) {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "{}");
  } catch {
    return {};
  }
}

/** Keep what is typed in a form; nothing to keep is `{}`. @param {string} name @param {Record<string, any>} values */
export function keepDraft(name, values) {
  try {
    if (Object.keys(values).length) sessionStorage.setItem(PREFIX + name, JSON.stringify(values));
    else sessionStorage.removeItem(PREFIX + name);
  } catch {
// no room, or no storage: what was typed is still in the page
  }
}

/** Forget all drafts: somebody else may use this browser next. */
export function forgetDrafts() {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  for (const name of names) sessionStorage.removeItem(name);
}
