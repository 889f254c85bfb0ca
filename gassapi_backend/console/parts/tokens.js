// Tokens: who or what uses them, until when, and revoking them.

import { html } from "../vendor.js";
import { post } from "../api.js";
import { t } from "../texts.js";
import { ask, toast } from "./dialogs.js";
import { Badge, Button, Table, Time } from "./shown.js";

/**
 * A table of tokens. `beside` is the column that tells whose, or what for; `projectOf` names a token's project.
 * @param {{label: string, tokens: any[], beside: {title: string, shown: (one: any) => any}, projectOf: (one: any) => {id: string, name: string}, onRevoked: () => void}} props
 */
export function TokenTable({ label, tokens, beside, projectOf, onRevoked }) {
  const revoke = (/** @type {any} */ one) => ask({
    title: t("tokens.revokeTitle", { name: one.name }),
    text: t("tokens.revokeText", { project: projectOf(one).name }),
    act: t("tokens.revoke"),
    run: async () => {
      await post("/mcp/revoke-token", { projectId: projectOf(one).id, tokenId: one.id });
      onRevoked();
      toast(t("tokens.revoked", { name: one.name }));
    },
  });
  return html`<${Table} label=${label} rows=${tokens} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
    { title: t("common.name"), isHead: true, shown: (/** @type {any} */ one) => html`<bdi>${one.name}</bdi> <code class="small muted">${one.prefix}…</code>
      ${one.status !== "active" && html` <${Badge}>${t(`tokens.is.${one.status}`)}<//>`}` },
    beside,
    { title: t("tokens.scope"), shown: (/** @type {any} */ one) => t(`tokens.may.${one.scope}`) },
    { title: t("tokens.lastUsed"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.lastUsedAt} />
      ${one.lastUsedAt && html`<p class="small muted"><bdi>${one.lastClient}</bdi> <code>${one.lastUsedIp}</code></p>`}` },
    { title: t("tokens.expires"), shown: (/** @type {any} */ one) => (one.expiresAt ? html`<${Time} at=${one.expiresAt} />` : t("tokens.forever")) },
    { title: "", shown: (/** @type {any} */ one) => one.status === "active" && html`<${Button} kind="plain" icon="trash"
      label=${t("tokens.revokeOf", { name: one.name })} onClick=${() => revoke(one)} />` },
  ]} />`;
}
