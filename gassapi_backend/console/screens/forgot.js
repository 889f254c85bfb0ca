// Ask for a password reset link.

import { html, useState } from "../vendor.js";
import { post } from "../api.js";
import { Form, Input, Submit, useForm } from "../parts/forms.js";
import { Gate } from "../parts/pages.js";
import { href } from "../place.js";
import { t } from "../texts.js";

export default function Forgot() {
  const [isSent, setSent] = useState(false);
  const form = useForm({
    name: "login",
    initial: { email: "" },
    send: async ({ email }) => {
      await post("/auth/forgot-password", { email }, { anonymous: true });
      setSent(true);
    },
  });
  const below = html`<a href=${href("/login")}>${t("forgot.back")}</a>`;
  if (isSent) return html`<${Gate} title=${t("forgot.sentTitle")} sign="good" below=${below}><p>${t("forgot.sent")}</p><//>`;
  return html`<${Gate} title=${t("forgot.title")} below=${below}>
    <p>${t("forgot.text")}</p>
    <${Form} form=${form}>
      <${Input} name="email" type="email" label=${t("common.email")} autocomplete="username" required maxlength="254" autocapitalize="off" />
      <${Submit}>${t("forgot.act")}<//>
    <//>
  <//>`;
}
