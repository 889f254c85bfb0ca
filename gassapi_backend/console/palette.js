// The palette of commands and projects (Ctrl-K), and the list of keys (`?`).

import { html, useEffect, useLocation, useRef, useState } from "./vendor.js";
import { get, withQuery } from "./api.js";
import { commands, hasSingleKeys, setSingleKeys } from "./commands.js";
import { Dialog } from "./parts/dialogs.js";
import { Tick } from "./parts/forms.js";
import { Icon } from "./parts/icons.js";
import { href } from "./place.js";
import { t } from "./texts.js";

/** @typedef {{id: string, title: string, icon?: import("./parts/icons.js").IconName, keys?: string, run: () => void, words?: string}} Choice */

/** @param {{kind: "commands" | "keys", onClose: () => void}} props */
export default function Palette({ kind, onClose }) {
  return kind === "keys" ? html`<${Keys} onClose=${onClose} />` : html`<${Commands} onClose=${onClose} />`;
}

/** @param {{onClose: () => void}} props */
const Keys = ({ onClose }) => html`<${Dialog} title=${t("frame.keys")} onClose=${onClose}>
  <dl class="keys">${commands.value.filter((one) => works(one.keys)).map(({ keys, title }) => html`
    <div><dt>${title}</dt><dd><${Pressed} keys=${keys} /></dd></div>`)}</dl>
  <${Tick} label=${t("frame.singleKeys")} hint=${t("frame.singleKeysHint")} checked=${hasSingleKeys.value} onChoose=${setSingleKeys} />
<//>`;

/** Whether keys do something, as people may have turned single ones off. @param {string} [keys] */
const works = (keys = "") => hasSingleKeys.value ? keys !== "" : keys.startsWith("Mod");

/** @param {{keys?: string}} props */
const Pressed = ({ keys = "" }) => works(keys) && html`${keys.split(/[ +]/).map((key) => html`<kbd>${key === "Mod" ? "Ctrl" : key.length === 1 && keys.includes("Mod") ? key.toUpperCase() : key}</kbd>`)}`;

/** @param {{onClose: () => void}} props */
function Commands({ onClose }) {
  const { route } = useLocation();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [projects, setProjects] = useState(/** @type {Choice[]} */ ([]));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const aborting = new AbortController();
    const timer = setTimeout(async () => {
      const found = await get(withQuery("/projects", { search: text.trim(), limit: 6 }), { signal: aborting.signal }).catch(() => null);
      if (found) setProjects(found.projects.map((/** @type {any} */ one) => (
        { id: one.id, title: one.name, icon: "folder", run: () => route(href(`/projects/${one.id}`)) })));
    }, text ? 150 : 0);
    return () => {
      clearTimeout(timer);
      aborting.abort();
    };
  }, [text]);
  const wanted = text.trim().toLowerCase();
  const known = commands.value.filter((one) => one.id !== "palette" && `${one.title} ${one.words ?? ""}`.toLowerCase().includes(wanted));
  /** @type {Choice[]} */
  const choices = wanted ? [...projects, ...known] : [...known, ...projects];
  const now = Math.min(at, choices.length - 1);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [now]);
  const run = (/** @type {Choice | undefined} */ choice) => {
    if (!choice) return;
    onClose();
    choice.run();
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      setAt((now + step + choices.length) % choices.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(choices[now]);
    }
  };
  return html`<${Dialog} title=${t("frame.find")} onClose=${onClose} kind="palette">
    <input class="palette-input" role="combobox" aria-label=${t("frame.find")} aria-expanded="true" aria-controls="palette-list" autofocus
      aria-activedescendant=${choices.length ? `palette-${now}` : undefined} autocomplete="off" spellcheck=${false}
      placeholder=${t("frame.findHint")} value=${text} onKeyDown=${onKeyDown}
      onInput=${(/** @type {any} */ { currentTarget }) => { setText(currentTarget.value); setAt(0); }} />
    <ul role="listbox" id="palette-list" aria-label=${t("frame.find")} ref=${list}>${choices.map((choice, place) => html`
      <li role="option" key=${choice.id} id="palette-${place}" aria-selected=${place === now} onClick=${() => run(choice)} onMouseMove=${() => setAt(place)}>
        <${Icon} name=${choice.icon ?? "arrow"} /><span class="cut grow">${choice.title}</span><${Pressed} keys=${choice.keys} /></li>`)}</ul>
    ${!choices.length && html`<p class="muted" role="status">${t("frame.nothing")}</p>`}
  <//>`;
}
