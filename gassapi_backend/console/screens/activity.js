// Who changed what in a project, as it happens.

import { html } from "../vendor.js";
import { get, withQuery } from "../api.js";
import { Entries, Filters, filtersOf } from "../parts/entries.js";
import { Pages } from "../parts/lists.js";
import { Shown, useLoaded } from "../parts/pages.js";
import { Card, Notice } from "../parts/shown.js";
import { ProjectFrame } from "../project.js";
import { t } from "../texts.js";

const LIMIT = 30;
const KINDS = ["collection", "endpoint", "environment", "flow"];
const ACTIONS = [
  ...KINDS.flatMap((kind) => ["created", "updated", "deleted"].map((what) => `${kind}_${what}`)),
  "collection_duplicated", "collection_imported", "collection_merged", "endpoint_duplicated", "environment_imported", "environment_merged",
  "invitation_accepted", "invitation_created", "invitation_declined", "invitation_revoked", "member_joined", "member_left", "member_removed",
  "mcp_token_issued", "mcp_token_revoked", "project_created", "project_imported", "project_transferred", "project_updated", "secrets_revealed",
];

/** @param {{params: {project: string}, query: Record<string, string>}} props */
export default function Activity({ params, query }) {
  return html`<${ProjectFrame} id=${params.project} tab="activity.title">${(/** @type {any} */ { project }) => (project.userRole
    ? html`<${Log} project=${project} query=${query} />`
    : html`<${Notice}>${t("activity.membersOnly")}<//>`)}<//>`;
}

/** @param {{project: any, query: Record<string, string>}} props */
function Log({ project, query }) {
  const path = withQuery(`/projects/${project.id}/activity`, { ...filtersOf(query), page: query.page ?? "1", limit: LIMIT });
  const loaded = useLoaded((signal) => get(path, { signal }), [path, project.revision]);
  return html`<${Card} title=${t("activity.title")}>
    <${Filters} query=${query} actions=${ACTIONS} />
    <${Shown} loaded=${loaded} lines=${8}>${(/** @type {any} */ { activity, pagination }) => html`
      <${Entries} entries=${activity} actorId=${query.actorId} /><${Pages} pagination=${pagination} />`}<//>
  <//>`;
}
