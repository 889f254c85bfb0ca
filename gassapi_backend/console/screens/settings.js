// A project's name and visibility, its default environment, and deleting it.

import { html, useLocation, useRef } from "../vendor.js";
import { get, patch, post, Problem, remove } from "../api.js";
import { ask, toast } from "../parts/dialogs.js";
import { Area, Check, Form, Input, Select, Submit } from "../parts/forms.js";
import { Clash, useEdit } from "../parts/merging.js";
import { Shown, useLoaded } from "../parts/pages.js";
import { Button, Card, Notice } from "../parts/shown.js";
import { href } from "../place.js";
import { ProjectFrame } from "../project.js";
import { t } from "../texts.js";

/** @param {{params: {project: string}}} props */
export default function Settings({ params }) {
  return html`<${ProjectFrame} id=${params.project} tab="settings.title">${(/** @type {any} */ { project, again }) => (
    project.userRole ? html`
      <${About} key=${project.id} project=${project} onChange=${again} />
      <${Environments} key=${`environments-${project.id}`} project=${project} onChange=${again} />
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

/** @param {{project: any, onChange: () => void}} props */
function Environments({ project, onChange }) {
  const path = `/projects/${project.id}/environments`;
  const loaded = useLoaded((signal) => get(path, { signal }), [path, project.revision]);
  return html`<${Card} title=${t("project.environments")}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { environments }) => html`
      <${Default} environments=${environments} path=${path} project=${project} onChange=${onChange} />`}<//>
  <//>`;
}

/** Which one is the default: that changes with the revision of the environments that it goes from and to. @param {any[]} environments */
const defaultOf = (environments) => ({
  revision: Math.max(...environments.map(({ revision }) => revision)),
  environment: environments.find(({ isDefault }) => isDefault)?.id,
});

/** @param {{environments: any[], path: string, project: any, onChange: () => void}} props */
function Default({ environments, path, project, onChange }) {
  const names = useRef(/** @type {Record<string, string>} */ ({}));
  const learn = (/** @type {any[]} */ found) => Object.assign(names.current, Object.fromEntries(found.map(({ id, name }) => [id, name])));
  learn(environments);
  const { form, clash } = useEdit({
    name: `default-environment-${project.id}`,
    current: defaultOf(environments),
    fields: { environment: { label: t("settings.environment"), shown: (/** @type {string} */ id) => names.current[id] ?? id } },
    send: async ({ environment }, _ifMatch, _values, seen) => {
      const { environments: found } = await get(path);
      learn(found);
      const current = defaultOf(found);
      if (current.environment !== seen.environment) throw new Problem(412, { error: { details: { current } } });
      if (!environment) return current;
      const { environment: made } = await post(`/environments/${environment}/default`);
      toast(t("account.saved"));
      onChange();
      return { revision: made.revision, environment: made.id };
    },
  });
  return html`<${Form} form=${form}>
      <${Select} name="environment" label=${t("settings.environment")} hint=${t("settings.environmentHint")} options=${environments.map(({ id, name }) => [id, name])} />
      <${Submit} kind="">${t("settings.environmentAct")}<//>
    <//>
    <${Clash} clash=${clash} />`;
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
