// Choosing one's own password, in place of one that an administrator set.

import { html, useEffect } from "../vendor.js";
import { put } from "../api.js";
import { Form, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate, useGo } from "../parts/pages.js";
import { href, signInAddress } from "../place.js";
import { me } from "../session.js";
import { t } from "../texts.js";

export default function Password() {
  const go = useGo();
  const form = useForm({
    initial: { currentPassword: "", newPassword: "" },
    send: async (values) => {
      await put("/users/password", values);
      location.assign(href("/"));
    },
  });
  useEffect(() => {
    if (me.value === null) go(signInAddress());
  }, [me.value]);
  return html`<${Gate} title=${t("password.title")}>
    <p>${t("password.text")}</p>
    <${Form} form=${form}>
      <${Secret} name="currentPassword" label=${t("password.current")} autocomplete="current-password" required />
      <${Secret} name="newPassword" label=${t("password.new")} hint=${t("register.rule")} autocomplete="new-password" required minlength="8" />
      <${Submit}>${t("password.act")}<//>
    <//>
  <//>`;
}
