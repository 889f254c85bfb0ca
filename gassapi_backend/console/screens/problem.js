// An address that is refused or leads nowhere, or a page that failed.

import { html } from "../vendor.js";
import { Gate } from "../parts/pages.js";
import { Button } from "../parts/shown.js";
import { href } from "../place.js";
import { has, language, t } from "../texts.js";

/** @param {{problem: import("../place.js").Refusal}} props */
export default function ProblemScreen({ problem: { status, code, message, requestId } }) {
  const kind = has(`refused.${status}`) ? String(status) : status >= 500 ? "500" : "other";
  const said = language === "en" && message && status !== 404 ? message : t(`refused.${kind}.text`);
  return html`<${Gate} title=${t(`refused.${kind}.title`)} sign="warning">
    <p>${said}</p>
    ${code === "BROKEN" && html`<p class="small muted">${message}</p>`}
    ${requestId && status >= 500 && html`<p class="small muted">${t("problem.id", { id: requestId })}</p>`}
    <div class="row actions">
      <${Button} kind="primary" href=${href("/")}>${t("refused.home")}<//>
      ${status !== 404 && html`<${Button} onClick=${() => location.reload()}>${t("common.again")}<//>`}
    </div>
  <//>`;
}
