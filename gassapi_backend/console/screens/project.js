// A project at a glance.

import { html } from "../vendor.js";
import { ProjectFrame } from "../project.js";
import { number, size, t } from "../texts.js";

/** @param {{params: {project: string}}} props */
export default function Project({ params }) {
  return html`<${ProjectFrame} id=${params.project} tab="project.overview">${(/** @type {any} */ { project, usage }) => html`
    ${project.description && html`<p class="prose"><bdi>${project.description}</bdi></p>`}
    <dl class="figures">
      ${["collections", "endpoints", "environments", "flows", "members", "tokens"].map((what) => html`
        <div><dt>${t(`project.${what}`)}</dt><dd>${number(usage[what].used)}</dd></div>`)}
      <div><dt>${t("project.bytes")}</dt><dd>${size(usage.bytes.used)}</dd></div>
    </dl>`}<//>`;
}
