// What the screens of a project share: the project, kept up to date, its heading and its tabs.

import { html, useEffect } from "./vendor.js";
import { get } from "./api.js";
import { follow } from "./feed.js";
import { project as shownProject } from "./frame.js";
import { PageHead, Shown, useLoaded } from "./parts/pages.js";
import { Badge } from "./parts/shown.js";
import { Places } from "./parts/tabs.js";
import { href } from "./place.js";
import { ROUTES } from "./routes.js";
import { t } from "./texts.js";

/** @typedef {import("./vendor.js").ComponentChildren} Children */

const TABS = ROUTES.filter(({ tab }) => tab);

/**
 * The heading and the tabs of a project, and below them a screen of it.
 * @param {{id: string, tab: string, children: (found: {project: any, usage: any, again: () => void}) => Children}} props
 */
export function ProjectFrame({ id, tab, children }) {
  const loaded = useLoaded((signal) => get(`/projects/${encodeURIComponent(id)}`, { signal }), [id]);
  const revision = loaded.value?.project.revision;
  useEffect(() => {
    shownProject.value = loaded.value?.project ?? null;
    return () => {
      shownProject.value = null;
    };
  }, [loaded.value]);
  useEffect(() => {
    if (revision === undefined) return undefined;
    return follow(id, revision, { onChange: loaded.again, onReload: loaded.again });
  }, [id, revision === undefined]);
  return html`<${Shown} loaded=${loaded}>${(/** @type {any} */ { project, usage }) => html`
    <${PageHead} title=${project.name} beside=${project.isPublic && html`<${Badge}>${t("projects.public")}<//>`} />
    <${Places} label=${project.name} places=${TABS.map(({ path, tab: title = "" }) => (
      { title: t(title), href: href(path.replace(":project", id)), isHere: title === tab }))} />
    ${children({ project, usage, again: loaded.again })}`}<//>`;
}
