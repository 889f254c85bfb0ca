// Entries of the audit log: who did what, and when; the filter is in the address.

import { html, useLocation } from "../vendor.js";
import { hereWith } from "./lists.js";
import { Avatar, Button, Empty, Table, Time } from "./shown.js";
import { has, t } from "../texts.js";

/** The filter in an address, in the API's names. @param {Record<string, string>} query */
export const filtersOf = ({ action = "", resourceType = "", actorId = "", from = "", to = "" }) => ({
  action,
  resourceType,
  actorId,
  fromDate: from && new Date(`${from}T00:00:00`).toISOString(),
  toDate: to && new Date(`${to}T23:59:59.999`).toISOString(),
});

/** What somebody did, in words. @param {string} action */
const did = (action) => (has(`activity.did.${action}`) ? t(`activity.did.${action}`) : action.replaceAll("_", " "));

/**
 * Fields that filter, by an action among `actions`, by kind, and by days; each is kept in the address.
 * @param {{query: Record<string, string>, actions: readonly string[]}} props
 */
export function Filters({ query, actions }) {
  const { route } = useLocation();
  const to = (/** @type {Record<string, string>} */ changes) => route(hereWith({ ...changes, page: "" }), true);
  const changed = (/** @type {string} */ name) => (/** @type {any} */ { currentTarget }) => to({ [name]: currentTarget.value });
  const sorted = [...actions].sort((one, other) => did(one).localeCompare(did(other)));
  const isFiltered = ["action", "actorId", "from", "to"].some((name) => query[name]);
  return html`<div class="filters" role="group" aria-label=${t("activity.filter")}>
    <label>${t("activity.action")}<select value=${query.action ?? ""} onChange=${changed("action")}>
      <option value="">${t("activity.all")}</option>
      ${sorted.map((one) => html`<option value=${one} selected=${one === query.action}>${did(one)}</option>`)}</select></label>
    <label>${t("activity.from")}<input type="date" value=${query.from ?? ""} onChange=${changed("from")} /></label>
    <label>${t("activity.to")}<input type="date" value=${query.to ?? ""} onChange=${changed("to")} /></label>
    ${isFiltered && html`<${Button} icon="cross" onClick=${() => to({ action: "", actorId: "", from: "", to: "" })}>${t("activity.clear")}<//>`}
  </div>`;
}

/** `at`: the address at which they are filtered; `actorId`: whose they are, if only one's. @param {{entries: any[], at?: string, actorId?: string}} props */
export function Entries({ entries, at, actorId }) {
  if (!entries.length) return html`<${Empty} icon="pulse" title=${t("activity.none")} />`;
  const by = (/** @type {any} */ { actor }) => actor.name ?? t(`activity.by.${actor.type === "user" ? "former" : "console"}`);
  return html`${actorId && html`<p class="muted">${t("activity.only", { name: by(entries[0]) })}</p>`}<${Table} label=${t("activity.title")} rows=${entries} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
    { title: t("activity.who"), isHead: true, shown: (/** @type {any} */ one) => html`<span class="row"><${Avatar} name=${by(one)} />
      <span>${one.actor.id ? html`<a href=${at ? `${at}?actorId=${one.actor.id}` : hereWith({ actorId: one.actor.id, page: "" })}><bdi>${by(one)}</bdi></a>` : html`<bdi>${by(one)}</bdi>`}
      ${one.actor.tokenName && html`<br /><span class="small muted">${t("activity.token")} <bdi>${one.actor.tokenName}</bdi></span>`}</span></span>` },
    { title: t("activity.action"), isWide: true, shown: (/** @type {any} */ one) => html`${did(one.action)} ${one.resourceName && html`<bdi class="strong">${one.resourceName}</bdi>`}` },
    { title: t("activity.when"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.at} />` },
  ]} />`;
}
