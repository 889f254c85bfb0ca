// Long lists: the search and the page, both in the address.

import { html, useEffect, useId, useLocation, useRef } from "../vendor.js";
import { useCommands } from "../commands.js";
import { t } from "../texts.js";
import { Icon } from "./icons.js";

const PAUSE_MS = 250;

/** The current address with another query. @param {Record<string, string>} changes */
export function hereWith(changes) {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `${location.pathname}?${text}` : location.pathname;
}

/** A search field, kept in the address as `search`; `/` focuses it. @param {{label: string, value: string, name?: string}} props */
export function Search({ label, value, name = "search" }) {
  const { route } = useLocation();
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const timer = useRef(0);
  useCommands([{ id: "search", title: label, keys: "/", icon: "search", run: () => input.current?.focus() }], [label]);
  useEffect(() => {
    if (input.current && document.activeElement !== input.current) input.current.value = value;
  }, [value]);
  const search = () => route(hereWith({ [name]: input.current?.value.trim() ?? "", page: "" }), true);
  const onInput = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(search, PAUSE_MS);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ { key }) => {
    if (!["Enter", "ArrowDown"].includes(key) || input.current?.value.trim() === value) return;
    clearTimeout(timer.current);
    search();
  };
  return html`<div class="search" role="search"><label class="hidden" for=${id}>${label}</label><${Icon} name="search" />
    <input id=${id} ref=${input} type="search" maxlength="255" placeholder=${label} defaultValue=${value} onInput=${onInput} onKeyDown=${onKeyDown} /></div>`;
}

/** Which page of a list is shown, and links to others. @param {{pagination: {page: number, totalPages: number, total: number, hasNext: boolean, hasPrev: boolean}}} props */
export function Pages({ pagination: { page, totalPages, hasNext, hasPrev } }) {
  if (totalPages < 2) return null;
  return html`<nav class="row pages" aria-label=${t("lists.pages")}>
    <span class="muted grow">${t("lists.page", { page, pages: totalPages })}</span>
    ${hasPrev && html`<a class="button" rel="prev" href=${hereWith({ page: String(page - 1) })}>${t("lists.previous")}</a>`}
    ${hasNext && html`<a class="button" rel="next" href=${hereWith({ page: String(page + 1) })}>${t("lists.next")}</a>`}
  </nav>`;
}
