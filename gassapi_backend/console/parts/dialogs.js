// What appears over the page: dialogs, confirmations, short messages, menus.

import { html, signal, useEffect, useId, useLayoutEffect, useRef, useState } from "../vendor.js";
import { Problem } from "../api.js";
import { t } from "../texts.js";
import { Form, Input, Submit, useForm } from "./forms.js";
import { Button } from "./shown.js";
import { Icon } from "./icons.js";

/** @typedef {import("../vendor.js").ComponentChildren} Children */

/** A dialog over the page, open as long as it is shown. Without `onClose` it cannot be closed. @param {{title: string, onClose?: () => void, children: Children, kind?: string}} props */
export function Dialog({ title, onClose, children, kind = "" }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close(); // only then can what is behind it get the focus
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose?.();
  };
  const press = (/** @type {MouseEvent} */ event) => event.target === dialog.current && onClose?.();
  return html`<dialog ref=${dialog} class=${kind} aria-labelledby=${id} onCancel=${cancel} onMouseDown=${press}>
    <div class="dialog">
      <header class="row apart"><h2 id=${id}>${title}</h2>
        ${onClose && html`<${Button} kind="plain" icon="cross" label=${t("common.close")} onClick=${onClose} />`}</header>
      ${children}
    </div>
  </dialog>`;
}

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {Children} text what will happen
 * @property {string} act the button's label
 * @property {string} [name] has to be typed first
 * @property {boolean} [isDangerous] true by default
 * @property {() => Promise<unknown>} run raises `Problem` if it is refused
 */

const question = signal(/** @type {Question | null} */ (null));

/** Ask before something is done that cannot be undone. @param {Question} asked */
export function ask(asked) {
  question.value = asked;
}

/** Where questions appear; once per page. */
export const Questions = () => question.value && html`<${Asked} asked=${question.value} />`;

/** @param {{asked: Question}} props */
function Asked({ asked }) {
  const close = () => {
    question.value = null;
  };
  const form = useForm({
    send: async () => {
      await asked.run();
      close();
    },
    check: ({ name }) => ({ name: asked.name && name !== asked.name ? t("ask.differs") : "" }),
  });
  const cancel = html`<${Button} onClick=${close}>${t("common.cancel")}<//>`;
  return html`<${Dialog} title=${asked.title} onClose=${close}>
    <p>${asked.text}</p>
    <${Form} form=${form}>
      ${asked.name && html`<${Input} name="name" label=${t("ask.name", { name: asked.name })} autocomplete="off" spellcheck=${false} />`}
      <${Submit} kind=${asked.isDangerous === false ? "primary" : "danger"} beside=${cancel}>${asked.act}<//>
    <//>
  <//>`;
}

/** @typedef {{id: number, text: string, undo?: () => Promise<unknown>, tone?: string}} Toast */

const toasts = signal(/** @type {Toast[]} */ ([]));
let toastId = 0;
const TOAST_MS = 8000;

/** Say briefly what was done, with a way to undo it if there is one. @param {string} text @param {{undo?: () => Promise<unknown>, tone?: "" | "bad"}} [options] */
export function toast(text, { undo, tone } = {}) {
  toasts.value = [...toasts.value.slice(-2), { id: (toastId += 1), text, undo, tone }];
}

/** Say briefly why something failed. @param {unknown} problem */
export function toastProblem(problem) {
  if (!(problem instanceof Problem)) throw problem;
  toast(problem.sentence, { tone: "bad" });
}

/** Where short messages appear; once per page. */
export const Toasts = () => html`<div class="toasts" role="region" aria-label=${t("frame.messages")}>
  <div role="status">${toasts.value.map((one) => html`<${ShownToast} key=${one.id} toast=${one} />`)}</div></div>`;

/** @param {{toast: Toast}} props */
function ShownToast({ toast: { id, text, undo, tone = "" } }) {
  const [isHeld, setHeld] = useState(false);
  const close = () => {
    toasts.value = toasts.value.filter((one) => one.id !== id);
  };
  useEffect(() => {
    const timer = isHeld ? undefined : setTimeout(close, TOAST_MS);
    return () => clearTimeout(timer);
  }, [isHeld]);
  const goBack = async () => {
    close();
    await undo?.().catch(toastProblem);
  };
  return html`<div class="toast ${tone}" onMouseEnter=${() => setHeld(true)} onMouseLeave=${() => setHeld(false)} onFocusIn=${() => setHeld(true)} onFocusOut=${() => setHeld(false)}>
    <span>${text}</span>
    ${undo && html`<${Button} kind="plain" onClick=${goBack}>${t("common.undo")}<//>`}
    <${Button} kind="plain" icon="cross" label=${t("common.dismiss")} onClick=${close} />
  </div>`;
}

/**
 * A button that opens a list of things to do or places to go.
 * @param {{button: (attributes: Record<string, any>) => Children, items: (MenuItem | null | undefined | false)[], label: string, align?: "start" | "end"}} props
 * @typedef {{title: string, href?: string, run?: () => void, icon?: import("./icons.js").IconName, isDangerous?: boolean, current?: boolean, lang?: string}} MenuItem
 */
export function Menu({ button, items, label, align = "end" }) {
  const [isOpen, setOpen] = useState(false);
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const id = useId();
  const shown = /** @type {MenuItem[]} */ (items.filter(Boolean));
  const all = () => [.../** @type {NodeListOf<HTMLElement>} */ (place.current?.querySelectorAll("[role=menuitem]") ?? [])];
  const close = (/** @type {boolean} */ isBack) => {
    setOpen(false);
    if (isBack) /** @type {HTMLElement | null | undefined} */ (place.current?.querySelector("[aria-haspopup]"))?.focus();
  };
  useLayoutEffect(() => { // before the next key
    if (!isOpen) return undefined;
    all()[0]?.focus();
    const leave = (/** @type {Event} */ event) => !place.current?.contains(/** @type {Node} */ (event.target)) && close(false);
    addEventListener("pointerdown", leave);
    addEventListener("focusin", leave);
    return () => {
      removeEventListener("pointerdown", leave);
      removeEventListener("focusin", leave);
    };
  }, [isOpen]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const found = all();
    const at = found.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: found.length - 1 }[event.key];
    if (event.key === "Escape" && isOpen) {
      event.stopPropagation();
      close(true);
    } else if (to !== undefined) {
      event.preventDefault();
      if (isOpen) found[(to + found.length) % found.length]?.focus();
      else setOpen(true);
    }
  };
  return html`<div class="menu" ref=${place} onKeyDown=${onKeyDown}>
    ${button({ "aria-haspopup": "menu", "aria-expanded": isOpen, "aria-controls": isOpen ? id : undefined, onClick: () => setOpen(!isOpen) })}
    ${isOpen && html`<div class="menu-list ${align}" role="menu" id=${id} aria-label=${label}>${shown.map((item) => html`
      <${item.href ? "a" : "button"} type=${item.href ? undefined : "button"} role="menuitem" tabindex="-1" href=${item.href} lang=${item.lang}
        aria-current=${item.current ? "true" : undefined} class=${item.isDangerous ? "danger" : ""}
        onClick=${() => { close(!item.href); item.run?.(); }}>${item.icon && html`<${Icon} name=${item.icon} />`}<span>${item.title}</span><//>`)}
    </div>`}
  </div>`;
}
