// A project's name and visibility, and deleting it.

import { html, useLocation } from "../vendor.js";
import { patch, remove } from "../api.js";
import { ask, toast } from "../parts/dialogs.js";
import { Area, Check, Form, Input, Submit } from "../parts/forms.js";
import { Clash, useEdit } from "../parts/merging.js";
import { Button, Card, Notice } from "../parts/shown.js";
import { href } from "../place.js";
import { ProjectFrame } from "../project.js";
import { t } from "../texts.js";

/** @param {{params: {project: string}}} props */
export default function Settings({ params }) {
  return html`<${ProjectFrame} id=${params.project} tab="settings.title">${(/** @type {any} */ { project, again }) => (
    project.userRole ? html`
      <${About} key=${project.id} project=${project} onChange=${again} />
      ${project.userRole === "owner" && html`<${End} project=${project} />`}`
      : html`<${Notice}>${t("settings.readersOnly")}<//>`)}<//>`;
}

/** @param {{project: any, onChange: () => void}} props */
function About({ project, onChange }) {
  const { form, clash } = useEdit({
    name: `project-${project.id}`,
    current: project,
    fields: {
      name: { label: t("common.name") },
      description: { label: t("projects.description"), isNullable: true },
      isPublic: { label: t("settings.public") },
    },
    send: async (changes, ifMatch) => {
      const { project: changed } = await patch(`/projects/${project.id}`, changes, { ifMatch });
      toast(t("account.saved"));
      onChange();
      return changed;
    },
  });
  return html`<${Card} title=${t("settings.about")}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("common.name")} required minlength="2" maxlength="255" />
      <${Area} name="description" label=${t("projects.description")} maxlength="1000" />
      <${Check} name="isPublic" label=${t("settings.public")} hint=${t("settings.publicHint")} />
      <${Submit}>${t("common.save")}<//>
    <//>
    <${Clash} clash=${clash} />
  <//>`;
}

/** @param {{project: any}} props */
function End({ project }) {
  const { route } = useLocation();
  const end = () => ask({
    title: t("settings.deleteTitle", { name: project.name }),
    text: t("settings.deleteText"),
    act: t("settings.delete"),
    name: project.name,
    run: async () => {
      await remove(`/projects/${project.id}`, { confirmation: "DELETE_PROJECT" });
      route(href("/projects"), true);
      toast(t("settings.deleted", { name: project.name }));
    },
  });
  return html`<${Card} title=${t("settings.end")}>
    <p class="muted">${t("settings.endText")}</p>
    <div class="row"><${Button} kind="danger" icon="trash" onClick=${end}>${t("settings.delete")}<//></div>
  <//>`;
}
