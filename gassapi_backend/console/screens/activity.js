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
const MOST = 100; // members and tokens to choose from
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

/** Members and tokens, as a choice of who did it. @param {{members: any[], tokens: any[]} | undefined} found @returns {import("../parts/entries.js").Who[] | undefined} */
const whoOf = (found) => found && [
  { title: t("members.title"), options: found.members.map(({ id, name }) => [`actorId=${id}`, name]) },
  { title: t("connect.tab"), options: found.tokens.map(({ id, name, createdBy }) => [`tokenId=${id}`, t("activity.tokenOf", { token: name, name: createdBy.name })]) },
];

/** @param {{project: any, query: Record<string, string>}} props */
function Log({ project, query }) {
  const path = withQuery(`/projects/${project.id}/activity`, { ...filtersOf(query), page: query.page ?? "1", limit: LIMIT });
  const loaded = useLoaded((signal) => get(path, { signal }), [path, project.revision]);
  const people = useLoaded(async (signal) => ({
    ...(await get(withQuery(`/projects/${project.id}/members`, { limit: MOST }), { signal })),
    ...(await get(withQuery("/mcp/tokens", { projectId: project.id, limit: MOST }), { signal })),
  }), [project.id, project.revision]);
  return html`<${Card} title=${t("activity.title")}>
    <${Filters} query=${query} actions=${ACTIONS} who=${whoOf(people.value) ?? []} />
    <${Shown} loaded=${loaded} lines=${8}>${(/** @type {any} */ { activity, pagination }) => html`
      <${Entries} entries=${activity} actorId=${query.actorId} /><${Pages} pagination=${pagination} />`}<//>
  <//>`;
}
