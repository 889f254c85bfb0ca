// Entries of the audit log: who did what, and when; the filter is in the address.

import { html, useLocation } from "../vendor.js";
import { hereWith } from "./lists.js";
import { Avatar, Button, Empty, Table, Time } from "./shown.js";
import { has, t } from "../texts.js";

/** The filter in an address, in the API's names. @param {Record<string, string>} query */
export const filtersOf = ({ action = "", resourceType = "", actorId = "", tokenId = "", from = "", to = "" }) => ({
  action,
  resourceType,
  actorId,
  tokenId,
  fromDate: from && new Date(`${from}T00:00:00`).toISOString(),
  toDate: to && new Date(`${to}T23:59:59.999`).toISOString(),
});

/** What somebody did, in words. @param {string} action */
const did = (action) => (has(`activity.did.${action}`) ? t(`activity.did.${action}`) : action.replaceAll("_", " "));

/** A choice of who did it: the value is a filter and its value, as in an address. @typedef {{title: string, options: [string, string][]}} Who */

/**
 * Fields that filter, by an action among `actions`, by who did it, and by days; each is kept in the address.
 * @param {{query: Record<string, string>, actions: readonly string[], who?: Who[]}} props
 */
export function Filters({ query, actions, who }) {
  const { route } = useLocation();
  const to = (/** @type {Record<string, string>} */ changes) => route(hereWith({ ...changes, page: "" }), true);
  const changed = (/** @type {string} */ name) => (/** @type {any} */ { currentTarget }) => to({ [name]: currentTarget.value });
  const sorted = [...actions].sort((one, other) => did(one).localeCompare(did(other)));
  const isFiltered = ["action", "actorId", "tokenId", "from", "to"].some((name) => query[name]);
  return html`<div class="filters" role="group" aria-label=${t("activity.filter")}>
    <label>${t("activity.action")}<select value=${query.action ?? ""} onChange=${changed("action")}>
      <option value="">${t("activity.all")}</option>
      ${sorted.map((one) => html`<option value=${one} selected=${one === query.action}>${did(one)}</option>`)}</select></label>
    ${who && html`<${By} query=${query} who=${who} onChoose=${to} />`}
    <label>${t("activity.from")}<input type="date" value=${query.from ?? ""} onChange=${changed("from")} /></label>
    <label>${t("activity.to")}<input type="date" value=${query.to ?? ""} onChange=${changed("to")} /></label>
    ${isFiltered && html`<${Button} icon="cross" onClick=${() => to({ action: "", actorId: "", tokenId: "", from: "", to: "" })}>${t("activity.clear")}<//>`}
  </div>`;
}

/** @param {{query: Record<string, string>, who: Who[], onChoose: (changes: Record<string, string>) => void}} props */
function By({ query, who, onChoose }) {
  const chosen = query.tokenId ? `tokenId=${query.tokenId}` : query.actorId ? `actorId=${query.actorId}` : "";
  const isKnown = who.some(({ options }) => options.some(([value]) => value === chosen));
  const choose = (/** @type {any} */ { currentTarget }) => onChoose({ actorId: "", tokenId: "", ...Object.fromEntries(new URLSearchParams(currentTarget.value)) });
  const option = (/** @type {string} */ value, /** @type {string} */ title) => html`<option value=${value} selected=${value === chosen}>${title}</option>`;
  return html`<label>${t("activity.who")}<select value=${chosen} onChange=${choose}>
    ${option("", t("activity.anybody"))}
    ${chosen && !isKnown && option(chosen, t(who.length ? "activity.by.former" : "common.loading"))}
    ${who.map(({ title, options }) => options.length > 0 && html`<optgroup label=${title}>${options.map(([value, name]) => option(value, name))}</optgroup>`)}
  </select></label>`;
}

/** @param {string | undefined} at @param {string} name @param {string} id */
const filteredBy = (at, name, id) => (at ? `${at}?${name}=${id}` : hereWith({ actorId: "", tokenId: "", [name]: id, page: "" }));

/** `at`: the address at which they are filtered; `actorId`: whose they are, if only one's. @param {{entries: any[], at?: string, actorId?: string}} props */
export function Entries({ entries, at, actorId }) {
  if (!entries.length) return html`<${Empty} icon="pulse" title=${t("activity.none")} />`;
  const by = (/** @type {any} */ { actor }) => actor.name ?? t(`activity.by.${actor.type === "user" ? "former" : "console"}`);
  return html`${actorId && html`<p class="muted">${t("activity.only", { name: by(entries[0]) })}</p>`}<${Table} label=${t("activity.title")} rows=${entries} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
    { title: t("activity.who"), isHead: true, shown: (/** @type {any} */ one) => html`<span class="row"><${Avatar} name=${by(one)} />
      <span>${one.actor.id ? html`<a href=${filteredBy(at, "actorId", one.actor.id)}><bdi>${by(one)}</bdi></a>` : html`<bdi>${by(one)}</bdi>`}
      ${one.actor.tokenName && html`<br /><span class="small muted">${t("activity.token")} <a href=${filteredBy(at, "tokenId", one.actor.tokenId)}><bdi>${one.actor.tokenName}</bdi></a></span>`}</span></span>` },
    { title: t("activity.action"), isWide: true, shown: (/** @type {any} */ one) => html`${did(one.action)} ${one.resourceName && html`<bdi class="strong">${one.resourceName}</bdi>`}` },
    { title: t("activity.when"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.at} />` },
  ]} />`;
}
