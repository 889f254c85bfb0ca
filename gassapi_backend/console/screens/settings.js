// A project's name and visibility, and deleting it.

import { html, useLocation, useState } from "../vendor.js";
import { patch, remove } from "../api.js";
import { ask, toast } from "../parts/dialogs.js";
import { Area, Check, Form, Input, Submit, useForm } from "../parts/forms.js";
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
  const [begun] = useState({ name: project.name, description: project.description ?? "", isPublic: project.isPublic });
  const form = useForm({
    name: `settings-${project.id}`,
    initial: begun,
    send: async (values) => {
      // Only what was edited here: the rest may be newer than this form.
      const edited = Object.entries(values).filter(([key, value]) => value !== /** @type {any} */ (begun)[key]);
      const changes = Object.fromEntries(edited.map(([key, value]) => [key, key === "description" && !value ? null : value]));
      await patch(`/projects/${project.id}`, changes, { ifMatch: project.revision });
      toast(t("account.saved"));
      onChange();
    },
    refused: (problem) => {
      if (problem.status !== 412) return false;
      onChange(); // keeps what was typed, next to the current values
      toast(t("settings.changedElsewhere"), { tone: "bad" });
      return true;
    },
  });
  return html`<${Card} title=${t("settings.about")}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("common.name")} required minlength="2" maxlength="255" />
      <${Area} name="description" label=${t("projects.description")} maxlength="1000" />
      <${Check} name="isPublic" label=${t("settings.public")} hint=${t("settings.publicHint")} />
      <${Submit}>${t("common.save")}<//>
    <//>
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
