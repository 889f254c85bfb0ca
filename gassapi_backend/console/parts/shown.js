// Parts for showing things: buttons, badges, notices, empty states, code, tables, tabs, times.

import { html, useEffect, useId, useRef, useState } from "../vendor.js";
import { distance, precise, t } from "../texts.js";
import { Icon } from "./icons.js";

/** @typedef {import("../vendor.js").ComponentChildren} Children */
/** @typedef {import("./icons.js").IconName} IconName */

/**
* A button, or a link that looks like one if it has an `href`. While a promise of `onClick` is pending, it does nothing.
 * @param {{kind?: "primary" | "plain" | "danger" | "", icon?: IconName, label?: string, busy?: boolean, href?: string, children?: Children, [key: string]: any}} props
* `label` names a button that shows only an icon.
 */
export function Button({ kind = "", icon, label, busy, children, onClick, ...rest }) {
  const [isRunning, setRunning] = useState(false);
  const running = useRef(false);
  const tag = rest.href ? "a" : "button";
  const run = async (/** @type {Event} */ event) => {
    if (running.current) return;
    running.current = true;
    try {
      const promise = onClick(event);
      if (!(promise instanceof Promise)) return;
      setRunning(true);
      await promise;
    } finally {
      running.current = false;
      setRunning(false);
    }
  };
  const type = rest.href ? undefined : rest.type ?? "button";
  return html`<${tag} ...${rest} type=${type} class="button ${kind} ${children ? "" : "square"}" aria-label=${label}
    title=${children ? undefined : label} aria-busy=${busy || isRunning || undefined} onClick=${onClick && run}>
    ${icon && html`<${Icon} name=${icon} />`}${children}
  <//>`;
}

/** @param {{tone?: "" | "whole" | "good" | "warning" | "bad" | "accent", children: Children}} props */
export const Badge = ({ tone = "", children }) => html`<span class="badge ${tone}">${children}</span>`;

/** A sentence that has to be seen. @param {{tone?: "" | "good" | "warning" | "bad", children: Children, actions?: Children, role?: string}} props */
export const Notice = ({ tone = "", children, actions, role }) => html`
  <div class="notice ${tone}" role=${role}>
    <${Icon} name=${tone === "good" ? "check" : tone ? "alert" : "info"} />
    <div>${children}</div>
    ${actions && html`<div class="row">${actions}</div>`}
  </div>`;

/** An empty state. @param {{icon: IconName, title: string, children?: Children, actions?: Children}} props */
export const Empty = ({ icon, title, children, actions }) => html`
  <div class="empty">
    <span class="empty-sign"><${Icon} name=${icon} /></span>
    <h2>${title}</h2>
    ${children && html`<p>${children}</p>`}
    ${actions && html`<div class="row">${actions}</div>`}
  </div>`;

/** Grey bars while something is loading. @param {{lines?: number}} props */
export const Skeleton = ({ lines = 3 }) => html`
  <div class="skeleton" role="status"><span class="hidden">${t("common.loading")}</span>
    ${Array.from({ length: lines }, () => html`<span></span>`)}
  </div>`;

/** A progress bar; without `value`, it only shows that work goes on. @param {{label: string, value?: number, max?: number}} props */
export function Progress({ label, value, max = 1 }) {
  const id = useId();
  return html`<div class="progress"><label for=${id}>${label}</label>
    <progress id=${id} value=${value} max=${max}></progress></div>`;
}

/** Text for a terminal or a file, with a button that copies it. @param {{text: string, label: string, children?: Children}} props */
export const Code = ({ text, label }) => html`
  <div class="code"><pre tabindex="0" aria-label=${label}><code>${text}</code></pre><${Copy} text=${text} label=${t("common.copyOf", { what: label })} /></div>`;

/** @param {{text: string, label?: string, kind?: "plain", children?: Children}} props */
export function Copy({ text, label, kind, children }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    const timer = isDone ? setTimeout(() => setDone(false), 2000) : undefined;
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async () => {
    await copyText(text);
    setDone(true);
  };
  return html`<${Button} kind=${kind} icon=${isDone ? "check" : "copy"} onClick=${copy} label=${children ? undefined : label ?? t("common.copy")}>${children}<//>
    <span class="hidden" role="status">${isDone ? t("common.copied") : ""}</span>`;
}

/** Copy, even over plain http, where browsers block the clipboard. @param {string} text */
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text, readOnly: true });
  area.className = "hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

/**
 * A table whose rows become cards on narrow screens, in which wide columns have a line of their own.
 * @template Row
 * @param {{label: string, columns: {title: string, shown: (row: Row) => Children, isNumber?: boolean, isHead?: boolean, isWide?: boolean}[], rows: Row[], keyOf: (row: Row) => string}} props
 */
export const Table = ({ label, columns, rows, keyOf }) => html`
  <table class="table"><caption class="hidden">${label}</caption>
    <thead><tr>${columns.map(({ title, isNumber }) => (title ? html`<th scope="col" class=${isNumber ? "number" : ""}>${title}</th>` : html`<td></td>`))}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${keyOf(row)}>${columns.map(({ title, shown, isNumber, isHead, isWide }) => html`
      <${isHead ? "th" : "td"} scope=${isHead ? "row" : undefined} data-title=${title} class=${title ? [isNumber && "number", isWide && "whole"].filter(Boolean).join(" ") || undefined : "acts"}>${shown(row)}<//>`)}</tr>`)}</tbody>
  </table>`;

/**
* Tabs within a page. Each has its panel; arrow keys move between them.
 * @param {{label: string, tabs: {key: string, title: string, shown: () => Children}[], chosen?: string, onChoose?: (key: string) => void}} props
 */
export function Tabs({ label, tabs, chosen, onChoose }) {
  const [own, setOwn] = useState(chosen ?? tabs[0].key);
  const id = useId();
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  const now = chosen ?? own;
  const choose = (/** @type {number} */ at) => {
    const { key } = tabs[(at + tabs.length) % tabs.length];
    setOwn(key);
    onChoose?.(key);
    /** @type {HTMLElement | undefined} */ (bar.current?.children[tabs.findIndex((one) => one.key === key)])?.focus();
  };
  const at = tabs.findIndex(({ key }) => key === now);
  const onKeyDown = (/** @type {KeyboardEvent} */ { key }) => {
    if (key === "ArrowRight") choose(at + 1);
    if (key === "ArrowLeft") choose(at - 1);
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${label} ref=${bar} onKeyDown=${onKeyDown}>${tabs.map(({ key, title }, place) => html`
      <button type="button" role="tab" id="${id}-${key}" aria-selected=${key === now} aria-controls="${id}-panel"
        tabindex=${key === now ? 0 : -1} onClick=${() => choose(place)}>${title}</button>`)}</div>
    <div role="tabpanel" id="${id}-panel" aria-labelledby="${id}-${now}" tabindex="0">${tabs[at]?.shown()}</div>
  </div>`;
}

/** A time relative to now; hovering shows it exactly. @param {{at: string | null}} props */
export const Time = ({ at }) => (at ? html`<time datetime=${at} title=${precise(at)}>${distance(at)}</time>` : html`<span class="muted">${t("common.never")}</span>`);

/** Somebody's initials on their own colour. @param {{name: string}} props */
export function Avatar({ name }) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...(word ?? "")][0] ?? "");
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  return html`<span class="avatar" style=${{ "--hue": hue }} data-letters=${letters.join("").toUpperCase()} aria-hidden="true"></span>`;
}

/** A box on the page with a heading. @param {{title?: string, children: Children, actions?: Children, tone?: string}} props */
export const Card = ({ title, children, actions, tone = "" }) => html`
  <section class="card ${tone}">
    ${(title || actions) && html`<header class="row apart"><h2>${title}</h2>${actions && html`<div class="row">${actions}</div>`}</header>`}
    ${children}
  </section>`;
