// The first administrator of an empty server, by the link that `start` printed.

import { html, useState } from "../vendor.js";
import { call } from "../api.js";
import { whyNot } from "../links.js";
import { Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate, useGo } from "../parts/pages.js";
import { href } from "../place.js";
import { begin } from "../session.js";
import { t } from "../texts.js";

const token = location.hash.slice(1);

export default function Setup() {
  const go = useGo();
  const [why, setWhy] = useState(token ? "" : "broken");
  const form = useForm({
    name: "setup",
    initial: { name: "", email: "", password: "" },
    send: async (values) => {
      const { user } = await call("POST", "/auth/first-administrator", { body: { ...values, token }, anonymous: true });
      begin(user);
      go(href("/"));
    },
    refused: (problem) => {
      setWhy(whyNot(problem));
      return Boolean(whyNot(problem));
    },
  });
  if (why) return html`<${Gate} title=${t(`setup.${why}`)} sign="warning"><p>${t(`setup.${why}Text`)}</p><//>`;
  return html`<${Gate} title=${t("setup.title")}>
    <p>${t("setup.text")}</p>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("register.name")} autocomplete="name" required minlength="2" maxlength="255" />
      <${Input} name="email" type="email" label=${t("common.email")} autocomplete="email" required maxlength="254" />
      <${Secret} name="password" label=${t("common.password")} hint=${t("register.rule")} autocomplete="new-password" required minlength="8" />
      <${Submit}>${t("setup.act")}<//>
    <//>
  <//>`;
}
