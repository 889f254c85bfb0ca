// Forms: input is kept, checked by the browser's rules, and refused next to its field.

import { batch, createContext, html, signal, useContext, useId, useMemo, useRef, useState } from "../vendor.js";
import { connection, newKey, Problem, whenThere } from "../api.js";
import { draft, keepDraft } from "../drafts.js";
import { me } from "../session.js";
import { t } from "../texts.js";
import { Button, Notice } from "./shown.js";

/** @typedef {import("../vendor.js").ComponentChildren} Children */
/** @typedef {Record<string, any>} Values */

/**
 * @typedef {object} FormState
 * @property {import("../vendor.js").Signal<Values>} values
 * @property {import("../vendor.js").Signal<Record<string, string | undefined>>} problems by field
 * @property {import("../vendor.js").Signal<Problem | undefined>} refusal about no particular field
 * @property {import("../vendor.js").Signal<boolean>} isBusy
 * @property {(name: string, value: any) => void} set
 * @property {(field: string) => void} addSecret
 * @property {(event: Event) => Promise<void>} submit
 * @property {() => void} reset
 */

/**
 * The state of a form.
 * @param {object} options
 * @param {string} [options.name] keeps what is typed under this name, even over a reload, except secrets
 * @param {Values} [options.initial]
 * @param {(values: Values, once: {key: string}) => Promise<unknown>} options.send raises `Problem` if
 * it is refused; `key` stays the same until it succeeds
 * @param {(values: Values) => Record<string, string | undefined>} [options.check] what is wrong apart from what the browser finds
 * @param {(problem: Problem) => boolean} [options.refused] handles a refusal; false leaves it to the form
 * @returns {FormState}
 */
export function useForm(options) {
  const now = useRef(options);
  now.current = options;
  return useMemo(() => makeForm(now), []);
}

/** @param {{current: Parameters<typeof useForm>[0]}} now @returns {FormState} */
function makeForm(now) {
  const { name, initial = {} } = now.current;
  const stored = name && `${me.value?.id ?? ""}:${name}`;
  const secrets = new Set();
  let key = newKey();
  const values = signal(/** @type {Values} */ ({ ...initial, ...(stored ? draft(stored) : {}) }));
  const problems = signal(/** @type {Record<string, string | undefined>} */ ({}));
  const refusal = signal(/** @type {Problem | undefined} */ (undefined));
  const isBusy = signal(false);

  /** @param {string} field @param {any} value */
  function set(field, value) {
    batch(() => {
      values.value = { ...values.value, [field]: value };
      if (problems.value[field]) problems.value = { ...problems.value, [field]: "" };
    });
    if (!stored) return;
    const typed = Object.entries(values.value).filter(
      ([one, now]) => !secrets.has(one) && now !== "" && now !== initial[one],
    );
    keepDraft(stored, Object.fromEntries(typed));
  }

  function reset() {
    values.value = { ...initial };
    if (stored) keepDraft(stored, {});
  }

  /** @param {HTMLFormElement} form */
  function focusFirst(form) {
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"))?.focus());
  }

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    if (isBusy.value) return;
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const found = { ...missing(form), ...now.current.check?.(values.value) };
    batch(() => {
      refusal.value = undefined;
      problems.value = found;
    });
    if (Object.values(found).some(Boolean)) return focusFirst(form);
    isBusy.value = true;
    try {
      await now.current.send(values.value, { key });
      key = newKey();
      if (stored) keepDraft(stored, {});
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (problem.status && problem.status < 500) key = newKey();
      if (!now.current.refused?.(problem)) refuse(problem, form);
    } finally {
      isBusy.value = false;
    }
  }

  /** @param {Problem} problem @param {HTMLFormElement} form */
  function refuse(problem, form) {
    const here = problem.fields.filter(({ field }) => form.elements.namedItem(field));
    batch(() => {
      problems.value = Object.fromEntries(here.map(({ field, reason }) => [field, reason]));
      if (!here.length) refusal.value = problem;
    });
    if (connection.value === "away") whenThere().then(() => { if (refusal.value === problem) refusal.value = undefined; });
    if (here.length) focusFirst(form);
  }

  return { values, problems, refusal, isBusy, set, addSecret: (one) => secrets.add(one), submit, reset };
}

/** What the browser finds wrong, in our own words. @param {HTMLFormElement} form */
function missing(form) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const input of form.elements) {
    if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement || input instanceof HTMLSelectElement)) continue;
    const { validity, name } = input;
    if (!name || validity.valid) continue;
    if (validity.valueMissing) found[name] = t("form.missing");
    else if (validity.typeMismatch) found[name] = t(`form.no${input.type === "url" ? "Url" : "Email"}`);
    else if (validity.tooShort && "minLength" in input) found[name] = t("form.short", { count: input.minLength });
    else found[name] = input.validationMessage;
  }
  return found;
}

const Context = createContext(/** @type {FormState | null} */ (null));

function useFormState() {
  const form = useContext(Context);
  if (!form) throw new Error("A field stands in a Form.");
  return form;
}

/** @param {{form: FormState, children: Children, [key: string]: any}} props */
export const Form = ({ form, children, ...rest }) => html`<${Context.Provider} value=${form}>
  <form ...${rest} novalidate onSubmit=${form.submit}>
    ${children}
  </form>
<//>`;

/** The refusal of the form as a whole. */
export function Refusal() {
  const problem = useFormState().refusal.value;
  return html`<div role="alert" class="refusal">${problem && html`<${Notice} tone="bad">${[problem.sentence, ...problem.fields.map(({ reason }) => reason)].join(" ")}
    ${problem.status >= 500 && problem.requestId && html`<span class="small muted"> ${t("problem.id", { id: problem.requestId })}</span>`}<//>`}</div>`;
}

/** The form's button, below the refusal. @param {{children: Children, kind?: string, beside?: Children, [key: string]: any}} props */
export function Submit({ children, kind = "primary", beside, ...rest }) {
  const { isBusy } = useFormState();
  return html`<${Refusal} /><div class="row actions">
    <${Button} ...${rest} kind=${kind} type="submit" busy=${isBusy.value}>${children}<//>${beside}
  </div>`;
}

/**
* A label, a hint, the problem, and in between the result of `shown`, called with the attributes that link them.
 * @param {{name: string, label: string, hint?: Children, shown: (attributes: Record<string, any>) => Children}} props
 */
export function Field({ name, label, hint, shown }) {
  const { problems } = useFormState();
  const id = useId();
  const problem = problems.value[name];
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  const attributes = { id, name, "aria-describedby": described || undefined, "aria-invalid": problem ? "true" : undefined };
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${shown(attributes)}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${problem && html`<p class="wrong" id="${id}-problem">${problem}</p>`}
  </div>`;
}

/** One line of text. @param {{name: string, label: string, hint?: Children, type?: string, [key: string]: any}} props */
export function Input({ name, label, hint, type = "text", ...rest }) {
  const { values, set } = useFormState();
  return html`<${Field} name=${name} label=${label} hint=${hint} shown=${(/** @type {any} */ attributes) => html`
    <input ...${rest} ...${attributes} type=${type} value=${values.value[name] ?? ""}
      onInput=${(/** @type {any} */ { currentTarget }) => set(name, currentTarget.value)} />`} />`;
}

/** Several lines of text. @param {{name: string, label: string, hint?: Children, [key: string]: any}} props */
export function Area({ name, label, hint, ...rest }) {
  const { values, set } = useFormState();
  return html`<${Field} name=${name} label=${label} hint=${hint} shown=${(/** @type {any} */ attributes) => html`
    <textarea rows="3" ...${rest} ...${attributes} value=${values.value[name] ?? ""}
      onInput=${(/** @type {any} */ { currentTarget }) => set(name, currentTarget.value)}></textarea>`} />`;
}

/** A password, which can be shown and is never kept. @param {{name: string, label: string, hint?: Children, [key: string]: any}} props */
export function Secret({ name, label, hint, ...rest }) {
  const { values, set, addSecret } = useFormState();
  const [isShown, setShown] = useState(false);
  addSecret(name);
  return html`<${Field} name=${name} label=${label} hint=${hint} shown=${(/** @type {any} */ attributes) => html`
    <div class="joined">
      <input maxlength="128" ...${rest} ...${attributes} type=${isShown ? "text" : "password"} value=${values.value[name] ?? ""}
        autocapitalize="off" spellcheck=${false} onInput=${(/** @type {any} */ { currentTarget }) => set(name, currentTarget.value)} />
      <button type="button" class="button" aria-pressed=${isShown} aria-controls=${attributes.id}
        onClick=${() => setShown(!isShown)}>${t(isShown ? "form.hide" : "form.show")}</button>
    </div>`} />`;
}

/** A choice of one among several. @param {{name: string, label: string, hint?: Children, options: [string, string][], [key: string]: any}} props */
export function Select({ name, label, hint, options, ...rest }) {
  const { values, set } = useFormState();
  return html`<${Field} name=${name} label=${label} hint=${hint} shown=${(/** @type {any} */ attributes) => html`
    <select ...${rest} ...${attributes} value=${values.value[name] ?? ""} onChange=${(/** @type {any} */ { currentTarget }) => set(name, currentTarget.value)}>
      ${options.map(([value, title]) => html`<option value=${value} selected=${value === values.value[name]}>${title}</option>`)}
    </select>`} />`;
}

/** Yes or no, of a form. @param {{name: string, label: string, hint?: Children, [key: string]: any}} props */
export function Check({ name, ...rest }) {
  const { values, set } = useFormState();
  return html`<${Tick} ...${rest} name=${name} checked=${Boolean(values.value[name])} onChoose=${(/** @type {boolean} */ isOn) => set(name, isOn)} />`;
}

/** Yes or no, at once. @param {{label: string, hint?: Children, checked: boolean, onChoose: (isOn: boolean) => void, [key: string]: any}} props */
export function Tick({ label, hint, onChoose, ...rest }) {
  const id = useId();
  return html`<div class="check">
    <input ...${rest} type="checkbox" id=${id} aria-describedby=${hint ? `${id}-hint` : undefined}
      onChange=${(/** @type {any} */ { currentTarget }) => onChoose(currentTarget.checked)} />
    <label for=${id}>${label}</label>
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/** One of several values of a field, each with its origin above it. @param {{name: string, label: string, sides: [string, string, Children][]}} props */
export function Sides({ name, label, sides }) {
  const { values, problems, set } = useFormState();
  const id = useId();
  const problem = problems.value[name];
  return html`<fieldset class="stack" aria-describedby=${problem ? `${id}-problem` : undefined}>
    <legend class="strong">${label}</legend>
    <div class="both">${sides.map(([value, title, shown]) => html`<label class="side">
      <input type="radio" name=${name} value=${value} checked=${values.value[name] === value} aria-invalid=${problem ? "true" : undefined} onChange=${() => set(name, value)} />
      <span class="muted">${title}</span><bdi class="value">${shown}</bdi></label>`)}</div>
    ${problem && html`<p class="wrong" id="${id}-problem">${problem}</p>`}
  </fieldset>`;
}
