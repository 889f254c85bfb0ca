// The console's texts in the reader's language, with dates and numbers in its format.

import { ROOT } from "./place.js";

/** @typedef {typeof import("./texts/en.js").default} Texts */
/** @typedef {Record<string, string | number>} Values */

export const LANGUAGES = { en: "English", id: "Bahasa Indonesia" };
const STORED = `gassapi:${ROOT}:language`;

/** @returns {"en" | "id"} */
function chosen() {
  let wanted = document.documentElement.lang;
  try {
    wanted = localStorage.getItem(STORED) ?? wanted;
  } catch {
// no storage: keep the language that the server chose from the browser's
  }
  return wanted === "id" ? "id" : "en";
}

export const language = chosen();
document.documentElement.lang = language;

/** @type {Texts} */
const texts = (await (language === "id" ? import("./texts/id.js") : import("./texts/en.js"))).default;

/** Switch the console to another language. @param {string} wanted */
export function choose(wanted) {
  localStorage.setItem(STORED, wanted);
  location.reload();
}

const plural = new Intl.PluralRules(language);

/**
 * The text of a key like `login.title`, with the placeholders in braces filled in. `count` chooses
 * among plural forms.
 * @param {string} key
 * @param {Values} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  /** @type {any} */
  let found = texts;
  for (const part of key.split(".")) found = found?.[part];
  if (typeof found === "object") found = found[plural.select(Number(values.count))] ?? found.other;
  if (typeof found !== "string") throw new Error(`There is no text ${key}.`);
  return found.replace(/{(\w+)}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : isolated(String(value));
  });
}

const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Text of somebody's within a sentence: written from the right, it does not turn what is around it. @param {string} text */
const isolated = (text) => (TURNS.test(text) ? `\u2068${text}\u2069` : text);

/** Whether there is a text for this key. @param {string} key */
export function has(key) {
  /** @type {any} */
  let found = texts;
  for (const part of key.split(".")) found = found?.[part];
  return found !== undefined;
}

/** What the server says, by where it is said. @typedef {"refusals" | "reports" | "findings"} Kind */
/** @typedef {{sentences: Record<string, string>, patterns: [RegExp, boolean[], string][]}} Catalogue */

/** @type {Record<string, string>} */
let codes = {};
/** @type {Partial<Record<Kind, Catalogue>>} */
const catalogues = {};
/** @type {Record<Kind, () => Promise<{sentences: Record<string, string>, codes?: Record<string, string>}>>} */
const MODULES = {
  refusals: () => import("./refusals/id.js"),
  reports: () => import("./reports/id.js"),
  findings: () => import("./findings/id.js"),
};

/** Have what the server says in the reader's language from now on, if there is need and it is to be had. @param {Kind[]} kinds */
export async function loadSaid(...kinds) {
  if (language === "en") return;
  await Promise.all(kinds.filter((kind) => !catalogues[kind]).map(async (kind) => {
    const found = await MODULES[kind]().catch(() => null);
    if (!found) return;
    codes = found.codes ?? codes;
    const open = Object.entries(found.sentences).filter(([one]) => one.includes("{}"));
    const exactFirst = open.sort(([one], [other]) => other.replaceAll("{}", "").length - one.replaceAll("{}", "").length);
    catalogues[kind] = { sentences: found.sentences, patterns: exactFirst.map(([one, said]) => patternOf(one, said)) };
  }));
}

/** A pattern of a sentence, which of its gaps hold somebody's own words, and its translation. @param {string} one @param {string} said @returns {[RegExp, boolean[], string]} */
function patternOf(one, said) {
  const parts = one.split("{}");
  const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return [new RegExp(`^${escaped.join("(.*)")}$`, "s"), parts.slice(0, -1).map((part) => /["“]$/.test(part)), said];
}

const DEPTH = 4; // of what is filled in, which may be filled in itself

/** A sentence of ours; undefined for another. @param {string} sentence @param {Kind} kind @param {number} [depth] @returns {string | undefined} */
function translated(sentence, kind, depth = 0) {
  const { sentences, patterns } = catalogues[kind] ?? { sentences: {}, patterns: [] };
  const isWhole = /[.!?]$/.test(sentence);
  const whole = isWhole ? sentence : `${sentence}.`;
  const end = (/** @type {string} */ said) => (isWhole ? said : said.replace(/\.$/, ""));
  if (Object.hasOwn(sentences, whole)) return end(sentences[whole]);
  for (const [pattern, areOwn, said] of patterns) {
    const values = pattern.exec(whole)?.slice(1);
    if (!values) continue;
    const filled = values.map((value, at) => (areOwn[at] || depth === DEPTH ? value : filledIn(value, kind, depth + 1)));
    return end(said.replaceAll("{}", () => filled.shift() ?? ""));
  }
  return undefined;
}

/** What is filled into a sentence: a sentence or a piece itself, a list of them, or somebody's own words. @param {string} value @param {Kind} kind @param {number} depth */
function filledIn(value, kind, depth) {
  const first = value.charAt(0);
  const lower = first.toLowerCase() + value.slice(1);
  const found = piece(value, kind, depth) ?? (lower === value ? undefined : piece(lower, kind, depth));
  if (found !== undefined) return lower === value ? found : found.charAt(0).toUpperCase() + found.slice(1);
  return value.split(", ").map((one) => piece(one, kind, depth) ?? one).join(", ");
}

/** One or several sentences, if all of them are ours. @param {string} text @param {Kind} kind @param {number} [depth] */
function piece(text, kind, depth = 0) {
  const found = text.split(/(?<=[.!?]) (?=[A-Z])/).map((one) => translated(one, kind, depth));
  return found.includes(undefined) ? translated(text, kind, depth) : found.join(" ");
}

/**
 * What the server says, in the reader's language: sentence by sentence, else by the code of a refusal.
 * @param {string} message
 * @param {string} [code]
 * @param {Kind} [kind]
 */
export function said(message, code = "", kind = "refusals") {
  const known = Object.hasOwn(codes, code) ? [codes[code]] : [];
  return piece(message, kind) ?? (kind === "refusals" ? piece(message, "reports") : undefined) ?? [...known, message].join(" ");
}

/** The reader's kind of the language: dates are `3 Dec 2026` in `en-GB`, `Dec 3, 2026` in `en-US`. */
function localeOf() {
  try {
    return Intl.getCanonicalLocales([...navigator.languages]).find((one) => one.split("-")[0] === language) ?? language;
  } catch {
    return language; // one of them is no language tag
  }
}

const locale = localeOf();
const numbers = new Intl.NumberFormat(locale);
const dates = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "long" });
const distances = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

/** @param {number} value */
export const number = (value) => numbers.format(value);
/** @param {string | Date} time */
export const date = (time) => dates.format(new Date(time));
/** @param {string | Date} time */
export const moment = (time) => moments.format(new Date(time));
/** A time with its seconds and zone. @param {string | Date} time */
export const precise = (time) => exact.format(new Date(time));

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ["year", 31_536_000], ["month", 2_592_000], ["week", 604_800],
  ["day", 86_400], ["hour", 3600], ["minute", 60],
];

/** How far in the past or future a time is. @param {string | Date} time */
export function distance(time) {
  const seconds = (new Date(time).getTime() - Date.now()) / 1000;
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return distances.format(Math.trunc(seconds / size), unit);
  }
  return distances.format(0, "second");
}

/** A duration in its largest unit. @param {number} seconds @param {"short" | "long"} [unitDisplay] */
export function duration(seconds, unitDisplay = "short") {
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay }).format(Math.floor(seconds / length));
}

/** A size in bytes, in a suitable unit. @param {number} bytes */
export function size(bytes) {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const at = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  const style = { style: "unit", unit: units[at], unitDisplay: at ? "short" : "long", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(locale, /** @type {any} */ (style)).format(bytes / 1000 ** at);
}
