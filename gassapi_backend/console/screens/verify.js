// Confirming an address by signing in to its account, or closing an account made by a stranger.

import { html, useState } from "../vendor.js";
import { post, Problem } from "../api.js";
import { enter, tokenOf, whyNot } from "../links.js";
import { Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate } from "../parts/pages.js";
import { Button, Skeleton } from "../parts/shown.js";
import { facts, href } from "../place.js";
import { load, me } from "../session.js";
import { t } from "../texts.js";

/** @param {{params: Record<string, string>}} props */
export default function Verify({ params }) {
  const token = tokenOf(params);
  const [state, setState] = useState("ask");
  const refused = (/** @type {Problem} */ problem) => {
    const why = whyNot(problem);
    if (why) setState(why);
    return Boolean(why);
  };
  if (state === "done" || state === "closed") {
    return html`<${Gate} title=${t(`verify.${state}`)} sign="good"><p>${t("links.nothingMore")}</p>
      ${state === "done" && me.value && html`<div class="row actions"><${Button} kind="primary" href=${href("/")}>${t("refused.home")}<//></div>`}<//>`;
  }
  if (state === "gone") return html`<${Gate} title=${t("links.used")} sign="warning"><p>${t("verify.usedText")}</p><//>`;
  if (state === "broken") return html`<${Gate} title=${t("links.broken")} sign="warning"><p>${t("links.brokenText")}</p><//>`;
  if (state === "other") return html`<${Other} token=${token} refused=${refused} onDone=${() => setState("closed")} onBack=${() => setState("ask")} />`;
  if (me.value === undefined) return html`<${Gate} title=${t("verify.title")}><${Skeleton} /><//>`;
  const below = html`${t("verify.notYou")} <button type="button" class="link" onClick=${() => setState("other")}>${t("verify.disown")}</button>`;
  return html`<${Gate} title=${t("verify.title")} below=${below}><${Ask} token=${token} refused=${refused} onDone=${() => setState("done")} /><//>`;
}

/** @typedef {(problem: Problem) => boolean} Refused */

/** @param {{token: string, refused: Refused, onDone: () => void}} props */
function Ask({ token, refused, onDone }) {
  const [user] = useState(facts.isWhole ? me.value : null); // the value at first: sending the form changes it
  const form = useForm({
    initial: { email: "", password: "" },
    refused,
    send: async (values) => {
      const options = user ? {} : await enter("/auth/login", values);
      try {
        await post("/auth/verify-email", { token }, options);
      } finally {
        if (options.access) await post("/auth/logout", {}, options); // it was only for this
      }
      if (facts.isWhole) await load(true);
      onDone();
    },
  });
  return html`<p>${user ? t("verify.textFor", { email: user.email }) : t("verify.text")}</p>
    <${Form} form=${form}>
      ${!user && html`<${Input} name="email" type="email" label=${t("common.email")} autocomplete="username" required maxlength="254" />
      <${Secret} name="password" label=${t("common.password")} autocomplete="current-password" required />`}
      <${Submit}>${t(user ? "verify.act" : "verify.signIn")}<//>
    <//>`;
}

/** @param {{token: string, refused: Refused, onDone: () => void, onBack: () => void}} props */
function Other({ token, refused, onDone, onBack }) {
  const form = useForm({
    refused,
    send: async () => {
      await post("/auth/disown-account", { token }, { anonymous: true });
      onDone();
    },
  });
  const back = html`<${Button} onClick=${onBack}>${t("verify.back")}<//>`;
  return html`<${Gate} title=${t("verify.otherTitle")}>
    <p>${t("verify.otherText")}</p>
    <${Form} form=${form}><${Submit} kind="danger" beside=${back}>${t("verify.close")}<//><//>
  <//>`;
}
