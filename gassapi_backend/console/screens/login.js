// Sign in, and return to where one came from.

import { html, useEffect, useLayoutEffect } from "../vendor.js";
import { Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate, useGo } from "../parts/pages.js";
import { facts, href, safeNext, takeEarly } from "../place.js";
import { me, signIn } from "../session.js";
import { t } from "../texts.js";

/** @param {{query: Record<string, string>}} props */
export default function Login({ query }) {
  const go = useGo();
  const form = useForm({ name: "login", initial: { email: "", password: "" }, send: (values) => signIn(/** @type {any} */ (values)) });
  useEffect(() => {
    if (me.value) go(me.value.isProvisional ? href("/password") : safeNext(query.next));
  }, [me.value]);
  useLayoutEffect(takeOver, []);
  const below = facts.registration === "open" && html`${t("login.new")} <a href=${href(`/register${location.search}`)}>${t("login.register")}</a>`;
  return html`<${Gate} title=${t("login.title")} below=${below}>
    <${Form} form=${form}>
      <${Input} name="email" type="email" label=${t("common.email")} autocomplete="username" required maxlength="254" autocapitalize="off" />
      <${Secret} name="password" label=${t("common.password")} autocomplete="current-password" required />
      <${Submit} beside=${facts.mails && html`<a href=${href("/forgot")}>${t("login.forgot")}</a>`}>${t("login.act")}<//>
    <//>
  <//>`;
}

/** Put this form in the place of the one that came with the page, with what was typed there. */
function takeOver() {
  const first = document.getElementById("first");
  if (!first) return;
  const focused = document.activeElement;
  for (const old of first.querySelectorAll("input")) {
    const input = /** @type {HTMLInputElement | null} */ (document.querySelector(`#app input[name=${old.name}]`));
    if (!input) continue;
    if (old.value) {
      input.value = old.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (old === focused) input.focus();
  }
  if (first.querySelector("input[type=text]")) /** @type {HTMLElement | null} */ (document.querySelector("#app .joined button"))?.click();
  const at = [...first.querySelectorAll("a, button")].indexOf(/** @type {Element} */ (focused)); // both have the same, in order
  if (at >= 0) /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#app :is(a, button)"))[at]?.focus();
  first.remove();
  if (takeEarly("isSent")) /** @type {HTMLButtonElement | null} */ (document.querySelector("#app [type=submit]"))?.form?.requestSubmit();
}
