// API calls with this browser's session: refusals as sentences, a single silent refresh on 401,
// waiting while the server is unreachable.

import { signal } from "./vendor.js";
import { href, takeEarly } from "./place.js";
import { duration, loadSaid, said, t } from "./texts.js";

/**
 * @typedef {object} Options
 * @property {unknown} [body] sent as JSON; a `FormData` or a `Blob` is sent as it is
 * @property {string | number} [ifMatch] the revision that a write is meant for
 * @property {string} [key] the `Idempotency-Key` of a POST
 * @property {AbortSignal} [signal]
 * @property {boolean} [anonymous] never asks anybody to sign in
 * @property {Promise<Response>} [sent] the answer, if this was sent already
 * @property {string} [access] an access token instead of this browser's session; empty for none
 */

/** A refusal of the API; status 0 if there was no answer. */
export class Problem extends Error {
  /** @param {number} status @param {any} answer @param {Headers} [headers] */
  constructor(status, answer, headers) {
    const { code = "", message = "", details } = answer?.error ?? {};
    super(message || t("problem.odd"));
    this.status = status;
    this.code = code;
    this.details = details;
    this.requestId = answer?.requestId ?? "";
    this.retryAfter = Number(headers?.get("Retry-After")) || 0;
  }

  /** The fields that were refused, and why. @returns {{field: string, reason: string}[]} */
  get fields() {
    const found = Array.isArray(this.details) ? this.details : [];
    return found.map(({ field, reason }) => ({ field, reason: said(reason, field) }));
  }

  /** The current resource, if a write came too late. */
  get current() {
    return this.status === 412 ? this.details?.current : undefined;
  }

  /** The sentence for people, in their language if we have it. */
  get sentence() {
    if (this.status === 429 && this.retryAfter && !/\d/.test(this.message)) return t("problem.slow", { time: duration(this.retryAfter, "long") });
    return said(this.message, this.code);
  }
}

/** Whether the server answers: `there`, or `away` with a page that waits for it. */
export const connection = signal(/** @type {"there" | "away"} */ ("there"));
/** Whether the server now has another version of these pages. */
export const isUpgraded = signal(false);

/** @type {() => Promise<boolean>} */
let signInAgain = async () => false;
/** @type {() => boolean} */
let isSomebodyElses = () => false;

/**
 * Say what to do when the session has ended, and whether the session now belongs to somebody else
 * than this page. `again` resolves to whether the call can be repeated.
 * @param {{again: () => Promise<boolean>, isElses: () => boolean}} how
 */
export function onSession({ again, isElses }) {
  signInAgain = again;
  isSomebodyElses = isElses;
}

/**
 * Call the API; return its answer. Raises `Problem`.
 * @param {string} method
 * @param {string} path below `/api/v1`
 * @param {Options} [options]
 * @returns {Promise<any>}
 */
export async function call(method, path, options = {}) {
  const response = await send(method, path, options);
  return response.status === 204 ? {} : response.json().catch((error) => {
    options.signal?.throwIfAborted();
    throw error instanceof SyntaxError ? new Problem(response.status, {}) : new Problem(0, { error: { message: t("problem.away") } });
  });
}

/**
* Call the API; return the raw response, to be read as a stream or a file. Raises `Problem`.
 * @param {string} method
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Response>}
 */
export async function send(method, path, options = {}) {
  let hasRefreshed = false;
  const isSafe = method === "GET" && !options.anonymous;
  for (let attempt = 0; ; attempt += 1) {
    if (!options.anonymous && isSomebodyElses()) throw new Problem(0, { error: { message: t("session.other") } });
    try {
      return await once(method, path, options);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (isAway(problem)) {
        const isThere = problem.status !== 0 && (await isReady());
        if (isThere && (!isSafe || attempt >= MAX_TURNS)) throw problem; // it is only this that it cannot do
        if (!isThere) leave();
        if (!isSafe) throw problem;
        await (isThere ? sleep((problem.retryAfter || 1) * 1000, options.signal) : whenThere(options.signal));
      } else if (problem.status === 429 && method === "GET" && problem.retryAfter <= 10 && attempt < MAX_TURNS) {
        await sleep((problem.retryAfter || 1) * 1000, options.signal);
      } else if (problem.status === 401 && !options.anonymous) {
        const isGood = hasRefreshed ? await signInAgain() : (await refresh()) || (await signInAgain());
        if (!isGood) throw problem;
        hasRefreshed = true;
      } else {
        throw problem;
      }
    }
  }
}

/** @param {string} path @param {Options} [options] */
export const get = (path, options) => call("GET", path, options);
/** @param {string} path @param {unknown} [body] @param {Options} [options] */
export const post = (path, body, options) => call("POST", path, { ...options, body: body ?? {} });
/** @param {string} path @param {unknown} body @param {Options} [options] */
export const put = (path, body, options) => call("PUT", path, { ...options, body });
/** @param {string} path @param {unknown} body @param {Options} [options] */
export const patch = (path, body, options) => call("PATCH", path, { ...options, body });
/** @param {string} path @param {unknown} [body] @param {Options} [options] */
export const remove = (path, body, options) => call("DELETE", path, { ...options, body });

/**
* Send a form with a file, and report how much has been sent. Raises `Problem`.
 * @param {string} path
 * @param {FormData} form
 * @param {{key?: string, signal?: AbortSignal, onProgress?: (share: number) => void}} [options]
 * @returns {Promise<any>}
 */
export async function upload(path, form, options = {}) {
  if (isSomebodyElses()) throw new Problem(0, { error: { message: t("session.other") } });
  try {
    return await uploadOnce(path, form, options);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (isAway(problem)) leave();
    const isOver = problem.status === 401 && ((await refresh()) || (await signInAgain()));
    if (!isOver) throw problem;
    return uploadOnce(path, form, options);
  }
}

/**
 * @param {string} path @param {FormData} form
 * @param {{key?: string, signal?: AbortSignal, onProgress?: (share: number) => void}} options
 * @returns {Promise<any>}
 */
function uploadOnce(path, form, { key, signal: aborted, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch cannot report how much has been sent
    request.open("POST", href(`/api/v1${path}`));
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    if (key) request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total ? loaded / total : 0);
    request.onload = async () => {
      const { status, response } = request;
      if (status >= 200 && status < 300 && response) return resolve(response);
      await loadSaid("refusals");
      const headers = new Headers({ "Retry-After": request.getResponseHeader("Retry-After") ?? "" });
      return reject(new Problem(status, response ?? {}, headers));
    };
    request.onerror = () => reject(new Problem(0, { error: { message: t("problem.away") } }));
    request.onabort = () => reject(aborted?.reason);
    aborted?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

/** A path with its query, without empty values. @param {string} path @param {Record<string, any>} query */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value != null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text ? `${path}?${text}` : path;
}

/** A key for a POST that must not happen twice. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} method @param {string} path @param {Options} options */
async function once(method, path, { body, ifMatch, key, signal: aborted, access, sent }) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json, */*;q=0.5" };
  const isRaw = body instanceof FormData || body instanceof Blob;
  if (body !== undefined && !isRaw) headers["Content-Type"] = "application/json";
  if (ifMatch !== undefined) headers["If-Match"] = `"${ifMatch}"`;
  if (key) headers["Idempotency-Key"] = key;
  if (access) headers.Authorization = `Bearer ${access}`;
  let response;
  try {
    response = await (sent ?? fetch(href(`/api/v1${path}`), {
      method,
      headers,
      body: isRaw ? body : body === undefined ? undefined : JSON.stringify(body),
      signal: aborted,
      credentials: access === undefined ? "same-origin" : "omit",
    }));
  } catch (error) {
    if (aborted?.aborted) throw error;
    throw new Problem(0, { error: { message: t("problem.away") } });
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  await loadSaid("refusals");
  throw new Problem(response.status, answer, response.headers);
}

/** @type {Promise<boolean> | undefined} */
let refreshing;

/** Renew the session; return whether that worked. Simultaneous calls share one renewal. */
export function refresh() {
  refreshing ??= once("POST", "/auth/refresh", { body: {}, sent: takeEarly("refreshed") })
    .then(() => true)
    .catch((problem) => {
      if (problem instanceof Problem && isAway(problem)) throw problem;
      return false;
    })
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}

export const MAX_TURNS = 3; // how often a read is tried again by a server that is there

/** Whether the server, or what it needs, did not answer. @param {Problem} problem */
export const isAway = ({ status }) => status === 0 || (status >= 502 && status <= 504);

/** @type {Promise<void> | undefined} */
let waiting;

/** Note that the server is unreachable, and keep asking until it answers. */
function leave() {
  connection.value = "away";
  waiting ??= (async () => {
    for (let pause = 500; connection.value === "away"; pause = Math.min(pause * 2, 10_000)) {
      await sleep(pause);
      if (await isReady()) {
        await lookForUpgrade();
        connection.value = "there";
      }
    }
    waiting = undefined;
  })();
}

/** Whether the server and its database answer. */
const isReady = () => fetch(href("/health/ready"), { cache: "no-store" }).then(({ ok }) => ok, () => false);

/** Resolves once the server answers, to whether it had to be waited for. @param {AbortSignal} [aborted] */
export async function whenThere(aborted) {
  if (!waiting && !(await isReady())) leave();
  const hasWaited = Boolean(waiting);
  await waiting;
  aborted?.throwIfAborted();
  return hasWaited;
}

/** Check whether the server still has the files that this page was built from. */
export async function lookForUpgrade() {
  const response = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (response?.status === 404) isUpgraded.value = true;
  return isUpgraded.value;
}

/** @param {number} ms @param {AbortSignal} [aborted] @returns {Promise<void>} */
function sleep(ms, aborted) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    aborted?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(aborted.reason);
    }, { once: true });
  });
}
