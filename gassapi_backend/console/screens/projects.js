// One's projects: what each holds, and creating one.

import { ErrorBoundary, html, useState } from "../vendor.js";
import { get, withQuery } from "../api.js";
import { useCommands } from "../commands.js";
import { later } from "../later.js";
import { PageHead, Shown, useLoaded } from "../parts/pages.js";
import { Pages, Search } from "../parts/lists.js";
import { Badge, Button, Empty, Table, Time } from "../parts/shown.js";
import { href } from "../place.js";
import { number, t } from "../texts.js";

const LIMIT = 20;
const NewProject = later(() => import("./new-project.js"));

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
    <${ErrorBoundary}>${isMaking && html`<${NewProject} onClose=${() => setMaking(false)} />`}<//>`;
}

/** @param {{search: string, make: any}} props */
const Nothing = ({ search, make }) => (search
  ? html`<${Empty} icon="search" title=${t("projects.noneFound", { search })} />`
  : html`<${Empty} icon="folder" title=${t("projects.none")} actions=${make}>${t("projects.noneText")}<//>`);

/** @param {{projects: any[]}} props */
const List = ({ projects }) => html`<${Table} label=${t("projects.title")} rows=${projects} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
  { title: t("common.name"), isHead: true, shown: (/** @type {any} */ one) => html`<span class="named"><a class="strong cut-lines" href=${href(`/projects/${one.id}`)}><bdi>${one.name}</bdi></a>
    ${one.isPublic && html`<${Badge}>${t("projects.public")}<//>`}</span>
    ${one.description && html`<p class="small muted cut-lines"><bdi>${one.description}</bdi></p>`}` },
  { title: t("projects.owner"), shown: (/** @type {any} */ one) => (one.userRole === "owner" ? t("projects.you") : html`<bdi>${one.ownerName}</bdi>`) },
  { title: t("projects.members"), isNumber: true, shown: (/** @type {any} */ one) => number(one.memberCount) },
  { title: t("projects.collections"), isNumber: true, shown: (/** @type {any} */ one) => number(one.collectionCount) },
  { title: t("projects.endpoints"), isNumber: true, shown: (/** @type {any} */ one) => number(one.endpointCount) },
  { title: t("projects.changed"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.updatedAt} />` },
]} />`;
