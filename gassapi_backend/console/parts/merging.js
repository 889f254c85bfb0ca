// Editing what others may edit, too: only what was edited is sent, and where both edited the same,
// their value and one's own stand side by side to choose from.

import { html, useEffect, useRef, useState } from "../vendor.js";
import { Problem } from "../api.js";
import { draft, keepDraft } from "../drafts.js";
import { me } from "../session.js";
import { t } from "../texts.js";
import { Dialog } from "./dialogs.js";
import { Form, Sides, Submit, useForm } from "./forms.js";
import { Button } from "./shown.js";

/** @typedef {Record<string, any>} Values */
/** @typedef {{revision: number, [field: string]: any}} Resource */

const MAX_TURNS = 5; // how often others may be quicker before that is said

/**
 * The state of a form that edits a resource, for `Form`; with it, `Clash` is shown once.
 * @param {object} options
 * @param {string} options.name keeps what is typed under this name, even over a reload
 * @param {Resource} options.current the resource as it is known now; a newer one fills the fields that were not edited
 * @param {Record<string, {label: string, isNullable?: boolean, shown?: (value: any) => string}>} options.fields what can be edited
 * @param {Values} [options.beside] further fields of the form, which are neither kept nor compared
 * @param {(changes: Values, ifMatch: number, values: Values, seen: Resource) => Promise<Resource>} options.send
 * sends what was edited of the resource as it was last seen; resolves to the resource then, raises `Problem`
 * @returns {{form: import("./forms.js").FormState, clash: Clashing | null}}
 */
export function useEdit(options) {
  const now = useRef(options);
  now.current = options;
  const [edit] = useState(() => makeEdit(now));
  const [clash, setClash] = useState(/** @type {Clashing | null} */ (null));
  const form = useForm({
    initial: { ...edit.values, ...options.beside },
    send: () => edit.save(form, setClash),
  });
  useEffect(() => edit.learn(form, options.current), [options.current.revision]);
  useEffect(() => form.values.subscribe((values) => edit.keep(values)), []);
  return { form, clash };
}

/** @param {{current: Parameters<typeof useEdit>[0]}} now */
function makeEdit(now) {
  const stored = `${me.value?.id ?? ""}:edit-${now.current.name}`;
  const keys = Object.keys(now.current.fields);
  const { typed = {}, before = {} } = draft(stored);
  let latest = now.current.current;
  /** What each field was when it began to be edited. @type {Values} */
  const base = { ...valuesOf(latest), ...before };

  /** @param {Resource} resource */
  function valuesOf(resource) {
    return Object.fromEntries(keys.map((key) => [key, resource[key] ?? ""]));
  }
  /** @param {Values} values */
  const edited = (values) => keys.filter((key) => values[key] !== base[key]);

  /** Take over what is newer, in the fields that were not edited. @param {import("./forms.js").FormState} form @param {Resource} resource */
  function learn(form, resource) {
    if (resource.revision < latest.revision) return;
    const values = form.values.value;
    const mine = edited(values);
    latest = resource;
    for (const [key, value] of Object.entries(valuesOf(resource))) {
      if (mine.includes(key) && value !== values[key]) continue;
      base[key] = value;
      if (values[key] !== value) form.set(key, value);
    }
    keep(form.values.value);
  }

  /** @param {Values} values */
  function keep(values) {
    const mine = edited(values);
    const pick = (/** @type {Values} */ from) => Object.fromEntries(mine.map((key) => [key, from[key]]));
    keepDraft(stored, mine.length ? { typed: pick(values), before: pick(base) } : {});
  }

  /** Take over how it was stored, except where more was typed since. @param {import("./forms.js").FormState} form @param {Resource} resource @param {Values} sent */
  function settle(form, resource, sent) {
    latest = resource;
    Object.assign(base, valuesOf(resource));
    for (const key of keys) if (form.values.value[key] === sent[key]) form.set(key, base[key]);
    keep(form.values.value);
  }

  /**
   * Send what was edited; ask first where others edited the same. Resolves to whether it was sent.
   * @param {import("./forms.js").FormState} form
   * @param {(clash: Clashing | null) => void} setClash
   */
  async function save(form, setClash) {
    for (let turn = 1; ; turn += 1) {
      const values = form.values.value;
      const theirs = valuesOf(latest);
      const both = edited(values).filter((key) => theirs[key] !== base[key]);
      if (both.length) {
        setClash(clashOf(form, setClash, both, theirs));
        return false;
      }
      const changes = Object.fromEntries(edited(values).map((key) => (
        [key, values[key] === "" && now.current.fields[key].isNullable ? null : values[key]])));
      try {
        settle(form, await now.current.send(changes, latest.revision, values, latest), values);
        return true;
      } catch (problem) {
        if (!(problem instanceof Problem) || !problem.current || turn === MAX_TURNS) throw problem;
        learn(form, problem.current);
      }
    }
  }

  /** @param {import("./forms.js").FormState} form @param {(clash: Clashing | null) => void} setClash @param {string[]} both @param {Values} theirs @returns {Clashing} */
  function clashOf(form, setClash, both, theirs) {
    const mine = form.values.value;
    const as = (/** @type {string} */ key, /** @type {any} */ value) => now.current.fields[key].shown?.(value) ?? value;
    return {
      fields: both.map((key) => ({ key, label: now.current.fields[key].label, mine: as(key, mine[key]), theirs: as(key, theirs[key]) })),
      close: () => setClash(null),
      choose: async (choice) => {
        for (const key of both) {
          base[key] = theirs[key];
          if (choice[key] === "theirs") form.set(key, theirs[key]);
        }
        if (await save(form, setClash)) setClash(null);
      },
    };
  }

  return { values: { ...valuesOf(latest), ...typed }, learn, keep, save };
}

/**
 * @typedef {object} Clashing what both edited
 * @property {{key: string, label: string, mine: any, theirs: any}[]} fields
 * @property {string} [text] what happened, if it is not the usual
 * @property {() => void} close
 * @property {(choice: Values) => Promise<void>} choose `mine` or `theirs` for each field; raises `Problem`
 */

/** Yours and theirs, side by side for each field. @param {{clash: Clashing | null}} props */
export const Clash = ({ clash }) => clash && html`<${Clashed} key=${JSON.stringify([clash.text, clash.fields])} clash=${clash} />`;

/** @param {{clash: Clashing}} props */
function Clashed({ clash: { fields, text, close, choose } }) {
  const form = useForm({
    initial: {},
    check: (values) => Object.fromEntries(fields.map(({ key }) => [key, values[key] ? "" : t("merge.missing")])),
    send: choose,
  });
  const cancel = html`<${Button} onClick=${close}>${t(text ? "common.cancel" : "merge.back")}<//>`;
  return html`<${Dialog} title=${t("merge.title")} onClose=${close} kind="wider">
    <p>${text ?? t("merge.text")}</p>
    <${Form} form=${form}>
      ${fields.map(({ key, label, mine, theirs }) => html`<${Sides} key=${key} name=${key} label=${label}
        sides=${[["mine", t("merge.mine"), shown(mine)], ["theirs", t("merge.theirs"), shown(theirs)]]} />`)}
      <${Submit} beside=${cancel}>${t("common.save")}<//>
    <//>
  <//>`;
}

/** @param {unknown} value */
function shown(value) {
  if (typeof value === "boolean") return t(value ? "common.yes" : "common.no");
  return value === "" ? html`<span class="muted">${t("merge.empty")}</span>` : String(value);
}
