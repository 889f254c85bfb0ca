// What screens are built from: heading and title, the card for people who are not signed in, loading.

import { html, signal, useEffect, useLayoutEffect, useLocation, useRef, useState } from "../vendor.js";
import { Problem } from "../api.js";
import { href } from "../place.js";
import { rowAt } from "../routes.js";
import { choose, language, LANGUAGES, t } from "../texts.js";
import { Button, Notice, Skeleton } from "./shown.js";

/** @typedef {import("../vendor.js").ComponentChildren} Children */

/** Whether the screen was reached from another one, not by loading the page. */
export const hasMoved = signal(false);

/** Replace this address with another one, within the page if it is a screen. */
export function useGo() {
  const { route } = useLocation();
  return (/** @type {string} */ address) => {
    if (rowAt(new URL(address, location.origin).pathname)) route(address, true);
    else location.replace(address);
  };
}

/** Name the browser's tab. @param {string} title */
export function useTitle(title) {
  useEffect(() => {
    document.title = title ? `${title} – GassAPI` : "GassAPI";
  }, [title]);
}

/** A screen's heading; it gets the focus if the screen was reached from another one. @param {{title: string, children?: Children, actions?: Children, beside?: Children}} props */
export function PageHead({ title, children, actions, beside }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useTitle(title);
  useLayoutEffect(() => {
    if (hasMoved.value) heading.current?.focus({ preventScroll: true });
  }, []);
  return html`<div class="page-head">
    <div class="row apart"><div class="row"><h1 tabindex="-1" ref=${heading}>${title}</h1>${beside}</div>${actions && html`<div class="row">${actions}</div>`}</div>
    ${children && html`<p class="muted">${children}</p>`}
  </div>`;
}

/** The mark and the name. */
export const Brand = () => html`<a class="brand" href=${href("/")}>
  <svg viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="6" /><path d="M16.2 8.6A5.3 5.3 0 1 0 17.3 12H12.6" /></svg><span>GassAPI</span></a>`;

/** A screen for people who are not signed in: a card in the middle. @param {{title: string, sign?: "good" | "warning", children: Children, below?: Children}} props */
export function Gate({ title, sign, children, below }) {
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useTitle(title);
  const shown = useRef(false);
  useLayoutEffect(() => {
    if (shown.current || hasMoved.value) heading.current?.focus();
    shown.current = true;
  }, [title]);
  return html`<div class="gate">
    <header><${Brand} /></header>
    <main id="main">
      <section class="card">
        <h1 tabindex="-1" ref=${heading}>${sign && html`<span class="sign ${sign}" aria-hidden="true">${sign === "good" ? "✓" : "!"}</span> `}${title}</h1>
        ${children}
      </section>
      ${below && html`<p class="gate-below">${below}</p>`}
    </main>
    <footer class="row"><a href=${href("/docs")}>${t("frame.docs")}</a><${Languages} /></footer>
  </div>`;
}

/** The available languages, each named in itself. */
export const Languages = () => html`<span class="row">${Object.entries(LANGUAGES).map(([key, name]) =>
  key === language ? null : html`<button type="button" class="link" lang=${key} onClick=${() => choose(key)}>${name}</button>`)}</span>`;

/**
 * @template T
 * @typedef {{value: T | undefined, problem: Problem | undefined, isLoading: boolean, again: () => void, set: (value: T) => void}} Loaded
 */

/**
* Load something, and again whenever one of `inputs` changes. The old value stays until the new one is there.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {unknown[]} inputs
 * @returns {Loaded<T>}
 */
export function useLoaded(load, inputs) {
  const [state, setState] = useState(/** @type {{value?: T, problem?: Problem, isLoading: boolean}} */ ({ isLoading: true }));
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const aborting = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    load(aborting.signal).then(
      (value) => !aborting.signal.aborted && setState({ value, isLoading: false }),
      (problem) => {
        if (aborting.signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        setState((before) => ({ ...before, problem, isLoading: false }));
      },
    );
    return () => aborting.abort();
  }, [...inputs, turn]);
  return {
    value: state.value,
    problem: state.problem,
    isLoading: state.isLoading,
    again: () => setTurn((before) => before + 1),
    set: (value) => setState({ value, isLoading: false }),
  };
}

/** What was loaded, or that it is loading, or why it could not be. @param {{loaded: Loaded<any>, lines?: number, children: (value: any) => Children}} props */
export function Shown({ loaded, lines, children }) {
  if (loaded.value !== undefined) return children(loaded.value);
  if (!loaded.problem) return html`<${Skeleton} lines=${lines} />`;
  const again = html`<${Button} onClick=${loaded.again}>${t("common.again")}<//>`;
  return html`<${Notice} tone="bad" role="alert" actions=${again}>${loaded.problem.sentence}<//>`;
}
