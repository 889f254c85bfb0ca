// Setting a new password by a mailed link, or asking for a new link if this one is no longer valid.

import { html, useState } from "../vendor.js";
import { post } from "../api.js";
import { tokenOf, whyNot } from "../links.js";
import { Check, Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate } from "../parts/pages.js";
import { Button } from "../parts/shown.js";
import { facts, href } from "../place.js";
import { t } from "../texts.js";

/** @param {{params: Record<string, string>}} props */
export default function Reset({ params }) {
  const [state, setState] = useState("ask");
  const form = useForm({
    initial: { password: "", again: "", revokeTokens: true },
    check: ({ password, again }) => ({ again: again && again !== password ? t("reset.differs") : "" }),
    send: async ({ password, revokeTokens }) => {
      await post("/auth/reset-password", { token: tokenOf(params), password, revokeTokens }, { anonymous: true });
      setState("done");
    },
    refused: (problem) => {
      const why = whyNot(problem);
      if (why) setState(why);
      return Boolean(why);
    },
  });
  if (state === "done") {
    return html`<${Gate} title=${t("reset.done")} sign="good"><p>${t("reset.doneText")}</p>
      ${facts.isWhole && html`<div class="row actions"><${Button} kind="primary" href=${href("/login")}>${t("login.act")}<//></div>`}<//>`;
  }
  if (state === "gone") return html`<${Gone} />`;
  if (state === "broken") return html`<${Gate} title=${t("links.broken")} sign="warning"><p>${t("links.brokenText")}</p><//>`;
  return html`<${Gate} title=${t("reset.title")}>
    <p>${t("reset.text")}</p>
    <${Form} form=${form}>
      <${Secret} name="password" label=${t("password.new")} hint=${t("register.rule")} autocomplete="new-password" required minlength="8" />
      <${Secret} name="again" label=${t("reset.again")} autocomplete="new-password" required />
      <${Check} name="revokeTokens" label=${t("reset.revoke")} hint=${t("reset.revokeHint")} />
      <${Submit}>${t("password.act")}<//>
    <//>
  <//>`;
}

function Gone() {
  const [isSent, setSent] = useState(false);
  const form = useForm({
    initial: { email: "" },
    send: async (values) => {
      await post("/auth/forgot-password", values, { anonymous: true });
      setSent(true);
    },
  });
  if (isSent) return html`<${Gate} title=${t("forgot.sentTitle")} sign="good"><p>${t("forgot.sent")}</p><//>`;
  return html`<${Gate} title=${t("links.used")} sign="warning">
    <p>${t("reset.usedText")}</p>
    <${Form} form=${form}>
      <${Input} name="email" type="email" label=${t("common.email")} autocomplete="email" required maxlength="254" />
      <${Submit}>${t("forgot.act")}<//>
    <//>
  <//>`;
}
