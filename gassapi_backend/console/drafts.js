// What people typed and have not sent yet: kept for this window, also when its page is loaded again.

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
    // there is no room, or the browser keeps nothing: what is typed is still in the page
  }
}

/** Forget all: another person may sit down here. */
export function forgetDrafts() {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  for (const name of names) sessionStorage.removeItem(name);
}
