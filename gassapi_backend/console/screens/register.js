// Create an account, where registration is open.

import { html, useEffect } from "../vendor.js";
import { Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate, useGo } from "../parts/pages.js";
import { facts, href, safeNext } from "../place.js";
import { me, register } from "../session.js";
import { t } from "../texts.js";

/** @param {{query: Record<string, string>}} props */
export default function Register({ query }) {
  const go = useGo();
  const form = useForm({ name: "register", initial: { name: "", email: "", password: "" }, send: register });
  useEffect(() => {
    if (me.value) go(safeNext(query.next));
  }, [me.value]);
  const below = html`${t("register.known")} <a href=${href(`/login${location.search}`)}>${t("login.act")}</a>`;
  if (facts.registration !== "open") {
    return html`<${Gate} title=${t("register.title")} below=${below}><p>${t(`register.${facts.registration}`)}</p><//>`;
  }
  return html`<${Gate} title=${t("register.title")} below=${below}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("register.name")} autocomplete="name" required minlength="2" maxlength="255" />
      <${Input} name="email" type="email" label=${t("common.email")} autocomplete="email" required maxlength="254" autocapitalize="off" />
      <${Secret} name="password" label=${t("common.password")} hint=${t("register.rule")} autocomplete="new-password" required minlength="8" />
      <${Submit}>${t("register.act")}<//>
    <//>
  <//>`;
}
