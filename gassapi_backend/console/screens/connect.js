// Connect an assistant to a project: create its configuration with a new token, await its first call.

import { html, useEffect, useState } from "../vendor.js";
import { get, post, Problem, withQuery } from "../api.js";
import { Form, Select, Submit, useForm } from "../parts/forms.js";
import { Pages } from "../parts/lists.js";
import { Shown, useLoaded } from "../parts/pages.js";
import { Card, Code, Empty, Notice } from "../parts/shown.js";
import { TokenTable } from "../parts/tokens.js";
import { ProjectFrame } from "../project.js";
import { t } from "../texts.js";

const LIMIT = 20;
const LOOK_MS = 2000;
const DAY_MS = 86_400_000;

/** @param {{params: {project: string}, query: Record<string, string>}} props */
export default function Connect({ params, query }) {
  const [turn, setTurn] = useState(0);
  const again = () => setTurn((before) => before + 1);
  return html`<${ProjectFrame} id=${params.project} tab="connect.tab">${(/** @type {any} */ { project }) => (project.userRole ? html`
    <${Assistant} key=${project.id} project=${project} onChange=${again} />
    <${Tokens} project=${project} page=${query.page ?? "1"} turn=${turn} />`
    : html`<${Notice}>${t("connect.membersOnly")}<//>`)}<//>`;
}

/** @param {{project: any, onChange: () => void}} props */
function Assistant({ project, onChange }) {
  const loaded = useLoaded((signal) => get("/mcp/clients", { signal }), []);
  const [made, setMade] = useState(/** @type {any} */ (null));
  return html`<${Card} title=${t("connect.title")}>
    <p class="muted">${t("connect.text")}</p>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { clients }) => html`
      <${Choice} project=${project} clients=${clients} onMade=${(/** @type {any} */ answer) => { setMade(answer); onChange(); }} />
      ${made && html`<${Made} key=${made.token} project=${project} made=${made} onConnected=${onChange} />`}`}<//>
  <//>`;
}

/** @param {{project: any, clients: any[], onMade: (made: any) => void}} props */
function Choice({ project, clients, onMade }) {
  const form = useForm({
    name: `connect-${project.id}`,
    initial: { client: clients[0].client, scope: "write", days: "90" },
    send: async ({ client, scope, days }, { key }) => {
      const expiresAt = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
      const made = await post(`/projects/${project.id}/generate-config`, { client, scope, ...(expiresAt && { expiresAt }) }, { key });
      onMade({ ...made, chosen: clients.find((one) => one.client === client) });
    },
  });
  return html`<${Form} form=${form}>
    <div class="beside">
    <${Select} name="client" label=${t("connect.client")} options=${clients.map(({ client, title }) => [client, title])} />
    <${Select} name="scope" label=${t("connect.scope")} options=${[["write", t("connect.writes")], ["read", t("connect.reads")]]} />
    <${Select} name="days" label=${t("connect.expires")} options=${[...["30", "90", "365"].map((days) => [days, t("connect.days", { count: Number(days) })]), ["", t("tokens.forever")]]} />
    </div>
    <${Submit}>${t("connect.act")}<//>
  <//>`;
}

/** @param {{project: any, made: any, onConnected: () => void}} props */
function Made({ project, made: { config, instructions, file, command, link, variable, token, chosen }, onConnected }) {
  const text = typeof config === "string" ? config : JSON.stringify(config, null, 2);
  return html`<div class="stack">
    <${Notice} tone="good">${t("connect.once")}<//>
    <p>${instructions}</p>
    ${link && html`<div class="row"><a class="button primary" href=${link} rel="noreferrer">${t("connect.open", { client: chosen.title })}</a></div>`}
    ${command && html`<div><h3>${t("connect.command")}</h3><${Code} text=${command} label=${t("connect.command")} /></div>`}
    ${token && html`<div><h3>${variable ? html`${t("connect.variable")} <code>${variable}</code>` : t("connect.token")}</h3><${Code} text=${token} label=${t("connect.token")} /></div>`}
    <div><h3>${t("connect.file")} ${file && html`<code>${file}</code>`}</h3><${Code} text=${text} label=${t("connect.file")} /></div>
    <${Waiting} project=${project} token=${token} onConnected=${onConnected} />
  </div>`;
}

/** Polls until the token has been used. @param {{project: any, token: string, onConnected: () => void}} props */
function Waiting({ project, token, onConnected }) {
  const [found, setFound] = useState(/** @type {any} */ (null));
  useEffect(() => {
    if (found) return undefined;
    const aborting = new AbortController();
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const path = withQuery("/mcp/tokens", { projectId: project.id, status: "active", limit: 5 });
      const { tokens } = await get(path, { signal: aborting.signal });
      const used = tokens.find((/** @type {any} */ one) => token.startsWith(one.prefix) && one.lastUsedAt);
      if (used) {
        setFound(used);
        onConnected();
      }
    };
    const timer = setInterval(() => look().catch((problem) => {
      if (!(problem instanceof Problem) && !aborting.signal.aborted) throw problem;
    }), LOOK_MS);
    return () => {
      aborting.abort();
      clearInterval(timer);
    };
  }, [found]);
  if (!found) return html`<div role="status" class="row"><progress aria-label=${t("connect.waiting")}></progress><span class="muted">${t("connect.waiting")}</span></div>`;
  return html`<${Notice} tone="good" role="status">${t("connect.connected", { client: found.lastClient ?? t("connect.aClient") })}<//>`;
}

/** @param {{project: any, page: string, turn: number}} props */
function Tokens({ project, page, turn }) {
  const path = withQuery("/mcp/tokens", { projectId: project.id, status: "active", page, limit: LIMIT });
  const loaded = useLoaded((signal) => get(path, { signal }), [path, turn]);
  return html`<${Card} title=${t("connect.tokens")}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { tokens, pagination }) => (tokens.length ? html`
      <${TokenTable} label=${t("connect.tokens")} tokens=${tokens} onRevoked=${loaded.again} projectOf=${() => project}
        beside=${{ title: t("connect.by"), shown: (/** @type {any} */ one) => one.createdBy && html`<bdi>${one.createdBy.name}</bdi>` }} />
      <${Pages} pagination=${pagination} />` : html`<${Empty} icon="plug" title=${t("connect.none")}>${t("connect.noneText")}<//>`)}<//>
  <//>`;
}
