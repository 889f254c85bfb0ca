// Where this server is, as the browser sees it, and what the page says about it.

/** The path of the server's root: `/`, or `/tools/gassapi/` behind a proxy that serves it there. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** The version of the console's files that this page was built from. */
export const VERSION = new URL(".", import.meta.url).pathname.split("/").at(-2) ?? "";

/**
 * @typedef {object} Refusal how an address was refused
 * @property {number} status
 * @property {string} code
 * @property {string} message
 * @property {string} requestId
 */

/** @type {{registration: "open" | "invited" | "closed", mails: boolean, isWhole: boolean, hasParts: boolean, mayBeIn: boolean, problem?: Refusal}} */
export const facts = JSON.parse(
  document.querySelector("meta[name=gassapi]")?.getAttribute("content") ?? "{}",
);

/**
 * @typedef {object} Early what was sent before the modules were there
 * @property {Promise<Response>} [refreshed] the renewal of the session of who was signed in before
 * @property {boolean} [isSent] whether somebody has sent the form to sign in
 * @property {Promise<Response>} [signedIn] the answer to that, unless something was missing in it
 */

/** @type {Early} */
const early = /** @type {any} */ (window).early ?? {};

/**
 * Take over what was sent early, once.
 * @template {keyof Early} Name
 * @param {Name} name
 * @returns {Early[Name]}
 */
export function takeEarly(name) {
  const found = early[name];
  delete early[name];
  return found;
}

/** The address of a path of this server, like `/projects`. @param {string} path */
export const href = (path) => ROOT.slice(0, -1) + path;

/** The part of a browser's address below the server's root. @param {string} [pathname] */
export const pathOf = (pathname = location.pathname) => pathname.slice(ROOT.length - 1) || "/";

/** Where somebody wanted to go before signing in; never another server. @param {string | null} [next] */
export function safeNext(next) {
  if (!next) return href("/");
  const target = new URL(next, location.origin);
  const isHere = target.origin === location.origin && target.pathname.startsWith(ROOT);
  return isHere ? target.pathname + target.search + target.hash : href("/");
}

/** The address of the sign-in page that leads back here; with what is behind `#` only where that is no secret. @param {string} [hash] */
export function signInAddress(hash = "") {
  const here = location.pathname + location.search + hash;
  return href(here === ROOT ? "/login" : `/login?next=${encodeURIComponent(here)}`);
}
