// Keyboard commands: screens add them, the palette (Ctrl-K) finds them, `?` lists their keys.

import { computed, signal, useLayoutEffect } from "./vendor.js";
import { ROOT } from "./place.js";

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} title
 * @property {() => void} run
 * @property {string} [keys] like `n`, `g p` (one after the other) or `Mod+k`
 * @property {import("./parts/icons.js").IconName} [icon]
 * @property {string} [words] further words that find it
 */

const groups = signal(/** @type {Command[][]} */ ([]));

/** All current commands; of several with the same id, the last one added. */
export const commands = computed(() => [...new Map(groups.value.flat().map((one) => [one.id, one])).values()]);

/** Add commands for as long as a component is shown. @param {Command[]} list @param {unknown[]} [inputs] */
export function useCommands(list, inputs = []) {
  useLayoutEffect(() => {
    groups.value = [...groups.value, list];
    return () => {
      groups.value = groups.value.filter((one) => one !== list);
    };
  }, inputs);
}

const STORED = `gassapi:${ROOT}:single-keys`;

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // no storage: as it is by default
  }
}

/** Whether keys without Ctrl do something. Some people's words, heard by a program, are typed as keys. */
export const hasSingleKeys = signal(stored() !== "off");

/** Keep in this browser whether keys without Ctrl do something. @param {boolean} isOn */
export function setSingleKeys(isOn) {
  hasSingleKeys.value = isOn;
  try {
    if (isOn) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "off");
  } catch {
    // no storage: it holds until the page is left
  }
}

addEventListener("storage", ({ key, newValue }) => {
  if (key === STORED) hasSingleKeys.value = newValue !== "off"; // another window's choice
});

/** Whether a key is meant for the focused element. @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement
    && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

const SECOND_KEY_MS = 1200;
let first = "";
let firstAt = 0;

/** @param {KeyboardEvent} event */
function pressed({ key, ctrlKey, metaKey, timeStamp }) {
  if (ctrlKey || metaKey) return `Mod+${key.toLowerCase()}`;
  const isSecond = first && timeStamp - firstAt < SECOND_KEY_MS;
  const sequence = isSecond ? `${first} ${key}` : key;
  first = commands.value.some(({ keys }) => keys?.startsWith(`${key} `)) ? key : ""; // Escape begins nothing
  firstAt = timeStamp;
  return sequence;
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || ["Shift", "Control", "Meta"].includes(event.key)) return;
  const isPlain = !event.ctrlKey && !event.metaKey;
  if (isPlain && (!hasSingleKeys.value || isTyping(event.target) || document.querySelector("dialog[open]"))) return;
  const keys = pressed(event);
  const found = commands.value.find((one) => one.keys === keys)
    ?? commands.value.find((one) => one.keys === event.key);
  if (!found) return;
  event.preventDefault();
  first = "";
  found.run();
});
