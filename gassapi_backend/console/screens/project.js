// A project at a glance: what it holds, what to do next, what happened last.

import { html } from "../vendor.js";
import { get, withQuery } from "../api.js";
import { Entries } from "../parts/entries.js";
import { Shown, useLoaded } from "../parts/pages.js";
import { Button, Card } from "../parts/shown.js";
import { Icon } from "../parts/icons.js";
import { href } from "../place.js";
import { ProjectFrame } from "../project.js";
import { number, size, t } from "../texts.js";

const LAST = 5;

/** @param {{params: {project: string}}} props */
export default function Project({ params }) {
  return html`<${ProjectFrame} id=${params.project} tab="project.overview">${(/** @type {any} */ { project, usage }) => html`
    ${project.description && html`<p class="prose"><bdi>${project.description}</bdi></p>`}
    <${Figures} project=${project} usage=${usage} />
    ${project.userRole && html`<${Next} project=${project} usage=${usage} /><${Last} project=${project} />`}`}<//>`;
}

/** @param {{project: any, usage: any}} props */
function Figures({ project, usage }) {
  const shown = (/** @type {string} */ what) => number(usage[what].used);
  const leads = (/** @type {string} */ what, /** @type {string} */ to) => html`<a href=${href(`/projects/${project.id}/${to}`)}>${shown(what)}</a>`;
  return html`<dl class="figures">
    ${["collections", "endpoints", "environments", "flows"].map((what) => html`<div><dt>${t(`project.${what}`)}</dt><dd>${shown(what)}</dd></div>`)}
    <div><dt>${t("project.members")}</dt><dd>${leads("members", "members")}</dd></div>
    <div><dt>${t("project.tokens")}</dt><dd>${project.userRole ? leads("tokens", "connect") : shown("tokens")}</dd></div>
    <div><dt>${t("project.bytes")}</dt><dd>${size(usage.bytes.used)}</dd></div>
  </dl>`;
}

/** What a new project lacks; connecting an assistant is there for everybody who joins. @param {{project: any, usage: any}} props */
function Next({ project, usage }) {
  /** @type {[string, import("../parts/icons.js").IconName, string][]} */
  const steps = [["connect", "plug", "connect"]];
  if (usage.endpoints.used === 0) steps.unshift(["import", "upload", "import"]);
  if (usage.members.used === 1) steps.push(["invite", "people", "members"]);
  return html`<div class="steps">${steps.map(([what, icon, to], at) => html`<${Card}>
    <div class="step"><span class="empty-sign"><${Icon} name=${icon} /></span>
      <div class="grow"><h2>${t(`project.next.${what}`)}</h2><p class="muted">${t(`project.next.${what}Text`)}</p></div></div>
    <div class="row"><${Button} kind=${at ? "" : "primary"} href=${href(`/projects/${project.id}/${to}`)}>${t(`project.next.${what}Act`)}<//></div>
  <//>`)}</div>`;
}

/** @param {{project: any}} props */
function Last({ project }) {
  const path = `/projects/${project.id}/activity`;
  const loaded = useLoaded((signal) => get(withQuery(path, { limit: LAST }), { signal }), [path, project.revision]);
  return html`<${Card} title=${t("project.last")} actions=${html`<${Button} href=${href(path)}>${t("project.all")}<//>`}>
    <${Shown} loaded=${loaded} lines=${LAST}>${(/** @type {any} */ { activity }) => html`<${Entries} entries=${activity} at=${href(path)} />`}<//>
  <//>`;
}
