// The projects of somebody: what each holds, and a new one.

import { html, useLocation, useState } from "../vendor.js";
import { get, post, Problem, upload, withQuery } from "../api.js";
import { useCommands } from "../commands.js";
import { Dialog } from "../parts/dialogs.js";
import { Drop } from "../parts/files.js";
import { Area, Form, Input, Select, Submit, useForm } from "../parts/forms.js";
import { PageHead, Shown, useLoaded } from "../parts/pages.js";
import { Pages, Search } from "../parts/lists.js";
import { Badge, Button, Empty, Table, Time } from "../parts/shown.js";
import { passFile } from "../pending.js";
import { href } from "../place.js";
import { number, t } from "../texts.js";

const LIMIT = 20;

/** @param {{query: Record<string, string>}} props */
export default function Projects({ query }) {
  const { search = "", page = "1" } = query;
  const [isMaking, setMaking] = useState(false);
  const loaded = useLoaded((signal) => get(withQuery("/projects", { search, page, limit: LIMIT }), { signal }), [search, page]);
  useCommands([{ id: "new-project", title: t("projects.new"), keys: "n", icon: "plus", run: () => setMaking(true) }]);
  const make = html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>${t("projects.new")}<//>`;
  return html`
    <${PageHead} title=${t("projects.title")} actions=${make} />
    <${Search} label=${t("projects.search")} value=${search} />
    <${Shown} loaded=${loaded} lines=${6}>${(/** @type {any} */ { projects, pagination }) => (projects.length
      ? html`<${List} projects=${projects} /><${Pages} pagination=${pagination} />`
      : html`<${Nothing} search=${search} make=${make} />`)}<//>
    ${isMaking && html`<${NewProject} onClose=${() => setMaking(false)} />`}`;
}

/** @param {{search: string, make: any}} props */
const Nothing = ({ search, make }) => (search
  ? html`<${Empty} icon="search" title=${t("projects.noneFound", { search })} />`
  : html`<${Empty} icon="folder" title=${t("projects.none")} actions=${make}>${t("projects.noneText")}<//>`);

/** @param {{projects: any[]}} props */
const List = ({ projects }) => html`<${Table} label=${t("projects.title")} rows=${projects} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
  { title: t("common.name"), isHead: true, shown: (/** @type {any} */ one) => html`<a class="strong cut-lines" href=${href(`/projects/${one.id}`)}><bdi>${one.name}</bdi></a>
    ${one.isPublic && html` <${Badge}>${t("projects.public")}<//>`}
    ${one.description && html`<p class="small muted cut-lines"><bdi>${one.description}</bdi></p>`}` },
  { title: t("projects.owner"), shown: (/** @type {any} */ one) => (one.userRole === "owner" ? t("projects.you") : html`<bdi>${one.ownerName}</bdi>`) },
  { title: t("projects.members"), isNumber: true, shown: (/** @type {any} */ one) => number(one.memberCount) },
  { title: t("projects.collections"), isNumber: true, shown: (/** @type {any} */ one) => number(one.collectionCount) },
  { title: t("projects.endpoints"), isNumber: true, shown: (/** @type {any} */ one) => number(one.endpointCount) },
  { title: t("projects.changed"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.updatedAt} />` },
]} />`;

/** @param {{onClose: () => void}} props */
function NewProject({ onClose }) {
  const { route } = useLocation();
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const form = useForm({
    name: "new-project",
    initial: { name: "", description: "", start: "empty" },
    check: ({ start }) => (start === "file" && !file ? { start: t("projects.noFile") } : {}),
    send: async ({ name, description, start }, { key }) => {
      const id = start === "demo" ? (await post("/projects/demo", { name }, { key })).projectId
        : (start === "file" && file && (await exported(file, name, key))) || (await empty(name, description, key));
      onClose();
      route(href(`/projects/${id}`));
      if (start === "file" && file && !wasExported) {
        passFile(file);
        route(href(`/projects/${id}/import`));
      }
    },
  });
  let wasExported = false;
  const empty = async (/** @type {string} */ name, /** @type {string} */ description, /** @type {string} */ key) => (
    await post("/projects", { name, ...(description && { description }) }, { key })).project.id;
  const exported = async (/** @type {File} */ document, /** @type {string} */ name, /** @type {string} */ key) => {
    const body = new FormData();
    body.append("name", name);
    body.append("file", document, document.name);
    try {
      const { projectId } = await upload("/projects/import", body, { key: `${key}-file` });
      wasExported = true;
      return projectId;
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 400) return ""; // of another tool
      throw problem;
    }
  };
  const { start } = form.values.value;
  const cancel = html`<${Button} onClick=${onClose}>${t("common.cancel")}<//>`;
  return html`<${Dialog} title=${t("projects.new")} onClose=${onClose}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("common.name")} required minlength="2" maxlength="255" autofocus />
      <${Select} name="start" label=${t("projects.start")} options=${["empty", "file", "demo"].map((one) => [one, t(`projects.startWith.${one}`)])} />
      ${start === "file" && html`<${Drop} onFile=${setFile} />${file && html`<p><bdi class="strong">${file.name}</bdi></p>`}`}
      ${start === "empty" && html`<${Area} name="description" label=${t("projects.description")} maxlength="1000" />`}
      <${Submit} beside=${cancel}>${t("projects.make")}<//>
    <//>
  <//>`;
}
