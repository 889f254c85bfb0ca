// Who is signed in in this browser, and how other windows change that.

import { signal } from "./vendor.js";
import { call, isAway, lookForUpgrade, MAX_TURNS, onSession, Problem, refresh, whenThere } from "./api.js";
import { forgetDrafts } from "./drafts.js";
import { facts, href, ROOT, takeEarly } from "./place.js";

/** @typedef {{id: string, email: string, name: string, isAdmin: boolean, isProvisional: boolean, emailVerified: boolean, revision: number}} User */

/** Who is signed in: `undefined` while that is unknown, `null` for nobody. */
export const me = signal(/** @type {User | null | undefined} */ (undefined));

/**
 * How the session that this page began with has ended: `over` (sign in again, here), or `other`
 * (another window signed in as somebody else, so this page is not theirs).
 */
export const ended = signal(/** @type {"" | "over" | "other"} */ (""));

const channel = new BroadcastChannel(`gassapi:${ROOT}`);
/** @type {((isGood: boolean) => void)[]} */
let waiting = [];

onSession({ again: waitForSignIn, isElses: () => ended.value === "other" });

/** Find out who is signed in, without asking anybody to sign in. `isIn`: there should be a cookie that lets them in. */
export async function load(isIn = facts.mayBeIn) {
  if (!isIn && !recall()) {
    me.value = null;
    return;
  }
  for (let turn = 1; ; turn += 1) {
    try {
      const known = isIn ? await whoIsIn() : null;
      me.value = known ?? ((await refresh()) ? await whoIsIn() : null);
      return remember(Boolean(me.value));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (isAway(problem) && (await whenThere())) turn = 0;
      else if (!isAway(problem) || turn === MAX_TURNS) {
        me.value = null;
        return undefined;
      }
    }
  }
}

const STORED = `gassapi:${ROOT}:signed-in`;

/** Whether somebody may be signed in here although the short-lived cookie has expired. */
function recall() {
  try {
    return localStorage.getItem(STORED) !== null;
  } catch {
    return true; // no storage: ask the server
  }
}

/** @param {boolean} isIn */
function remember(isIn) {
  try {
    if (isIn) localStorage.setItem(STORED, "yes");
    else localStorage.removeItem(STORED);
  } catch {
    // no storage: recall() allows for it
  }
}

/** @returns {Promise<User | null>} */
async function whoIsIn() {
  try {
    return (await call("GET", "/users/profile", { anonymous: true })).user;
  } catch (problem) {
    if (problem instanceof Problem && problem.code === "PASSWORD_CHANGE_REQUIRED") return PROVISIONAL;
    if (problem instanceof Problem && [401, 403].includes(problem.status)) return null;
    throw problem;
  }
}

/** A user about whom nothing more is known until they choose their own password. @type {User} */
const PROVISIONAL = {
  id: "", email: "", name: "", isAdmin: false, isProvisional: true, emailVerified: false, revision: 0,
};

/** Sign in. Raises `Problem`. @param {{email: string, password: string}} credentials */
export async function signIn(credentials) {
  const { user } = await call("POST", "/auth/login", { body: credentials, anonymous: true, sent: takeEarly("signedIn") });
  begin(user);
}

/** Register and sign in. Raises `Problem`. @param {Record<string, unknown>} registrant */
export async function register(registrant) {
  const { user } = await call("POST", "/auth/register", { body: registrant, anonymous: true });
  begin(user);
}

/** Note who has signed in, and tell the other windows. @param {User} user */
export function begin(user) {
  settle(user);
  channel.postMessage({ kind: "in", id: user.id });
}

/** Sign out, here or on all devices, and continue at an address. @param {{everywhere?: boolean, to?: string}} [how] */
export async function signOut({ everywhere = false, to = href("/login") } = {}) {
  try {
    await call("POST", "/auth/logout", { body: { revokeAllTokens: everywhere }, anonymous: true });
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401) throw problem; // over already
  }
  forgetDrafts();
  remember(false);
  channel.postMessage({ kind: "out" });
  location.assign(to);
  if (to === location.href) location.reload();
}

/** Give up a session that has ended. */
export function giveUp() {
  for (const tell of waiting.splice(0)) tell(false);
  location.assign(href("/login"));
}

/** @returns {Promise<boolean>} */
function waitForSignIn() {
  if (!me.value) return Promise.resolve(false);
  if (!ended.value) ended.value = "over";
  return new Promise((resolve) => waiting.push(resolve));
}

/** @param {User} user */
function settle(user) {
  if (me.value && me.value.id !== user.id) {
    ended.value = "other";
    for (const tell of waiting.splice(0)) tell(false);
    return;
  }
  remember(true);
  me.value = user;
  ended.value = "";
  for (const tell of waiting.splice(0)) tell(true);
}

/** Check whether the session still belongs to this page's user. */
async function check() {
  if (!me.value || ended.value === "other") return;
  const user = await whoIsIn().catch(() => undefined);
  if (user) settle(user);
}

channel.addEventListener("message", ({ data }) => {
  if (data.kind === "out" && me.value) ended.value = "over";
  if (data.kind === "in" && !me.value) {
    load(true);
  }
  if (data.kind === "in" && me.value) {
    if (data.id === me.value.id) settle(me.value);
    else ended.value = "other";
  }
});

let checkedAt = Date.now();
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || Date.now() - checkedAt < 60_000) return;
  checkedAt = Date.now();
  check();
  lookForUpgrade();
});

