// The API reference: the server's OpenAPI document, searched by keyboard, tried out, with a short guide.

import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor.js";
import { get, post } from "../api.js";
import { About, coded, Disclosure, Prose } from "../docs/about.js";
import { Guide } from "../docs/guide.js";
import { BASE, callers, grouped } from "../docs/operations.js";
import { spec } from "../docs/schemas.js";
import { token, Trying } from "../docs/trying.js";
import { Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { hereWith, Search } from "../parts/lists.js";
import { Brand, Shown, useLoaded, useTitle } from "../parts/pages.js";
import { Avatar, Button, Card, Empty } from "../parts/shown.js";
import { facts, href, ROOT, signInAddress, VERSION } from "../place.js";
import { me } from "../session.js";

/** @typedef {import("../docs/operations.js").Operation} Operation */

const LINES = "details.operation > summary";
const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: href(`/console/${VERSION}/docs.css`) });
await new Promise((resolve) => {
  Object.assign(style, { onload: resolve, onerror: resolve });
  document.head.append(style);
});

/** @param {{query: Record<string, string>}} props */
export default function Docs({ query }) {
  useTitle("API documentation");
  const loaded = useLoaded(async (signal) => {
    spec.document = await get("/openapi.json", { signal, anonymous: true });
    return { groups: grouped(), about: spec.document.info };
  }, []);
  const { search = "" } = query;
  const words = search.toLowerCase().split(/\s+/);
  const [move, settle] = useMove(search);
  return html`<div class="docs" lang="en" onKeyDown=${move}>
    <a class="skip" href="#main">Skip to the operations</a>
    <header class="bar"><${Brand} /><${Search} label="Search the API" value=${search} /><span class="grow"></span><${Who} /></header>
    <${Shown} loaded=${loaded} lines=${8}>${(/** @type {any} */ { groups, about }) => html`<${Reference} groups=${groups} about=${about} words=${words} search=${search} onShown=${settle} />`}<//>
  </div>`;
}

/**
 * Arrows lead from the search through what it found, Enter opens the first: of what is typed by then,
 * also where the search for it has not begun, or there is nothing to search yet.
 * @param {string} search what is shown
 * @returns {[(event: KeyboardEvent) => void, (shown: string) => void]} what keys do, and what is to be done
 *   whenever what was found is shown
 */
function useMove(search) {
  const after = useRef(/** @type {{typed: string, go: () => void} | null} */ (null));
  const settle = (/** @type {string} */ shown) => {
    if (after.current?.typed !== shown) return;
    after.current.go();
    after.current = null;
  };
  const move = (/** @type {KeyboardEvent} */ event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const typed = target instanceof HTMLInputElement && target.type === "search" ? target.value.trim() : null;
    if (event.ctrlKey || event.metaKey || event.altKey || !(typed !== null || target.matches(LINES))) return;
    const go = () => follow(event.key, target);
    if (typed === null || !["Enter", "ArrowDown"].includes(event.key) || (typed === search && document.querySelector(LINES))) {
      if (go()) event.preventDefault();
    } else {
      event.preventDefault();
      after.current = { typed, go }; // once the search, which the key begins, is shown
    }
  };
  return [move, settle];
}

/** Go where a key leads from the search or a line; whether it leads anywhere. @param {string} key @param {HTMLElement} from */
function follow(key, from) {
  const lines = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(LINES)]);
  const at = lines.indexOf(from);
  if (key === "Enter" && at < 0) {
    lines[0]?.focus();
    lines[0]?.click();
    return true; // or the key would close it again
  }
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[key];
  if (to === undefined) return false;
  (to < 0 ? /** @type {HTMLElement | null} */ (document.querySelector("input[type=search]")) : lines[Math.min(to, lines.length - 1)])?.focus();
  return true;
}

function Who() {
  if (me.value) return html`<a class="row" href=${href("/")} title=${me.value.name}><${Avatar} name=${me.value.name} /><span class="hidden">${me.value.name}</span></a>`;
  const leadBack = (/** @type {any} */ { currentTarget }) => {
    if (facts.isWhole) currentTarget.href = signInAddress(location.hash);
  };
  return html`<a href=${facts.isWhole ? signInAddress() : "#access"} onClick=${leadBack}>Sign in</a>`;
}

/** @param {{groups: {name: string, about: string, operations: Operation[]}[], about: any, words: string[], search: string, onShown: (search: string) => void}} props */
function Reference({ groups, about, words, search, onShown }) {
  useLayoutEffect(() => onShown(search), [search, groups]);
  const [opened, setOpened] = useState(() => ({ id: idHere(), isLed: true })); // led there by a link
  const all = groups.flatMap(({ operations }) => operations);
  const found = groups
    .map((group) => ({ ...group, operations: group.operations.filter((one) => words.every((word) => one.words.includes(word))) }))
    .filter(({ operations }) => operations.length);
  useEffect(() => {
    const go = () => setOpened({ id: idHere(), isLed: true });
    addEventListener("hashchange", go);
    return () => removeEventListener("hashchange", go);
  }, []);
  const open = (/** @type {string} */ id) => {
    if (id === idHere()) return;
    history.replaceState(history.state, "", `#${id}`);
    setOpened({ id, isLed: false });
  };
  return html`<div class="docs-columns">
    <nav aria-label="Operations"><p class="small muted" role="status">${found.reduce((sum, { operations }) => sum + operations.length, 0)} of ${all.length} operations</p>
      ${found.map(({ name, operations }) => html`<h2>${name}</h2><ul>${operations.map(({ id, method, path, summary }) => html`
        <li key=${id}><a href="#${id}" title=${summary} aria-current=${id === opened.id ? "true" : undefined}><${Method} method=${method} /><span>${breakable(path.replace(`${BASE}/`, "/"))}</span></a></li>`)}</ul>`)}
    </nav>
    <main id="main" tabindex="-1">
      <div class="page-head"><h1>${about.title}</h1><p class="muted">${about.version}</p></div>
      ${!words[0] && html`<${Prose} text=${about.description} />
        <p>Base address: <code>${location.origin}${ROOT.slice(0, -1)}${BASE}</code>. For programs: <a href=${href(`${BASE}/openapi.json`)}>openapi.json</a>.</p>
        <${Access} /><${Guide} />`}
      ${!found.length && html`<${Empty} icon="search" title=${`Nothing matches “${search}”`} actions=${html`<a class="button" href=${hereWith({ search: "" })}>Show all operations</a>`}>
        Paths, summaries, descriptions, parameters and fields are searched for each word.<//>`}
      ${found.map(({ name, about: said, operations }) => html`<section key=${name} class="stack" aria-label=${name}>
        <h2>${name}</h2><${Prose} text=${said} />
        ${operations.map((one) => html`<${Row} key=${one.id} operation=${one} opened=${one.id === opened.id ? opened : null} onOpen=${open} />`)}</section>`)}
      ${words[0] && html`<${Access} />`}
    </main>
  </div>`;
}

const idHere = () => decodeURIComponent(location.hash.slice(1));
/** @param {{method: string}} props */
const Method = ({ method }) => html`<span class="method ${method.toLowerCase()}">${method}</span>`;
const breakable = (/** @type {string} */ path) => path.split("/").map((part, at) => (at ? html`/<wbr />${part}` : part));

/** @param {{operation: Operation, opened: {isLed: boolean} | null, onOpen: (id: string) => void}} props */
function Row({ operation, opened, onOpen }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const { id, method, path, summary } = operation;
  useEffect(() => {
    const details = /** @type {HTMLDetailsElement | null | undefined} */ (place.current?.querySelector("details"));
    if (!opened || !details) return;
    if (opened.isLed) details.open = true;
    const { top, bottom } = details.getBoundingClientRect();
    if (opened.isLed || top < 0 || bottom > innerHeight) details.scrollIntoView();
    if (opened.isLed) details.querySelector("summary")?.focus({ preventScroll: true });
    document.querySelector(".docs nav [aria-current]")?.scrollIntoView({ block: "nearest" });
  }, [opened]);
  const line = html`<${Method} method=${method} /><code class="strong">${breakable(path)}</code>
    <span class="small muted">${callers(operation).map(([who]) => who).join(", ") || "Public"}</span><h3 class="muted">${coded(summary ?? id)}</h3>`;
  return html`<div id=${id} ref=${place}><${Disclosure} kind="operation" summary=${line} onOpen=${() => onOpen(id)} inside=${() => html`
    <div class="inside"><${About} operation=${operation} /><${Trying} operation=${operation} /></div>`} /></div>`;
}

/** Who requests are sent as. */
function Access() {
  const name = me.value?.name;
  const state = token.value ? `Requests carry your ${token.value.startsWith("gass_") ? "MCP" : "access"} token.`
    : name ? `Requests are sent as ${name}, who is signed in in this browser.` : "No token: only public requests will work.";
  return html`<div id="access"><${Card} title="Access"><p id="state" role="status">${state}</p>
    <div class="ways">${!facts.isWhole && html`<${SignIn} />`}<${Pasted} key=${token.value} /></div><//></div>`;
}

/** Where the console is left out, nobody stays signed in: the token is this page's. */
function SignIn() {
  const form = useForm({
    initial: { email: "", password: "" },
    send: async ({ email, password }) => {
      const { tokens } = await post("/auth/login", { email, password }, { anonymous: true, access: "" });
      token.value = tokens.accessToken;
      form.reset();
    },
  });
  return html`<${Form} form=${form} aria-label="Sign in">
    <${Input} name="email" type="email" label="E-mail" autocomplete="username" required />
    <${Secret} name="password" label="Password" autocomplete="current-password" required />
    <${Submit}>Sign in<//>
  <//>`;
}

function Pasted() {
  const form = useForm({
    initial: { token: token.value },
    send: async ({ token: given }) => {
      token.value = given.trim();
    },
  });
  const forget = token.value && html`<${Button} onClick=${() => { token.value = ""; }}>Forget the token<//>`;
  return html`<${Form} form=${form} autocomplete="off" aria-label="Token">
    <${Secret} name="token" label="Access token or MCP token" hint="It is forgotten when you leave the page." autocomplete="off" required maxlength="4096" />
    <${Submit} kind="" beside=${forget}>Use it<//>
  <//>`;
}
