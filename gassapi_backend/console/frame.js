// The frame around every screen for signed-in people: header, menus, notices, commands.

import { ErrorBoundary, html, signal, useEffect, useLocation } from "./vendor.js";
import { connection, get, isUpgraded, withQuery } from "./api.js";
import { useCommands } from "./commands.js";
import { later } from "./later.js";
import { Dialog, Menu, toast, toastProblem } from "./parts/dialogs.js";
import { Form, Input, Secret, Submit, useForm } from "./parts/forms.js";
import { Icon } from "./parts/icons.js";
import { Brand } from "./parts/pages.js";
import { Avatar, Button, Notice } from "./parts/shown.js";
import { href } from "./place.js";
import { ended, giveUp, me, signIn, signOut } from "./session.js";
import { choose, language, LANGUAGES, t } from "./texts.js";

/** @typedef {import("./vendor.js").ComponentChildren} Children */

const Palette = later(() => import("./palette.js"));
const openPalette = signal(/** @type {"" | "commands" | "keys"} */ (""));

/** The project that is shown, for the header. */
export const project = signal(/** @type {{id: string, name: string} | null} */ (null));
const recent = signal(/** @type {{id: string, name: string}[]} */ ([]));

/** @param {{children: Children}} props */
export function Frame({ children }) {
  const { route } = useLocation();
  const go = (/** @type {string} */ path) => route(href(path));
  useCommands([
    { id: "palette", title: t("frame.find"), keys: "Mod+k", run: () => { openPalette.value = "commands"; } },
    { id: "keys", title: t("frame.keys"), keys: "?", icon: "keyboard", run: () => { openPalette.value = "keys"; } },
    { id: "projects", title: t("projects.title"), keys: "g p", icon: "folder", run: () => go("/projects") },
    { id: "account", title: t("account.title"), keys: "g a", icon: "person", run: () => go("/account") },
    ...(me.value?.isAdmin ? [{ id: "admin", title: t("admin.title"), keys: "g i", icon: /** @type {const} */ ("gear"), run: () => go("/admin") }] : []),
    { id: "docs", title: t("frame.docs"), keys: "g d", icon: "link", run: () => location.assign(href("/docs")) },
    { id: "sign-out", title: t("frame.signOut"), icon: "door", run: () => signOut().catch(toastProblem) },
    ...Object.entries(LANGUAGES).filter(([key]) => key !== language).map(([key, name]) => (
      { id: `language-${key}`, title: name, icon: /** @type {const} */ ("globe"), run: () => choose(key) })),
  ], []);
  return html`
    <a class="skip" href="#main">${t("frame.skip")}</a>
    <header class="bar">
      <${Brand} /><${Projects} />
      <span class="grow"></span>
      <${Button} kind="quiet" onClick=${() => { openPalette.value = "commands"; }} aria-keyshortcuts="Control+K"
        ><${Icon} name="search" /><span class="wide">${t("frame.find")}</span><kbd class="wide">Ctrl K</kbd><//>
      <${Account} />
    </header>
    <${Banners} />
    <main id="main" tabindex="-1">${children}</main>
    ${ended.value && html`<${Ended} />`}
    <${ErrorBoundary}>${openPalette.value && html`<${Palette} kind=${openPalette.value} onClose=${() => { openPalette.value = ""; }} />`}<//>`;
}

function Projects() {
  const load = async () => {
    const found = await get(withQuery("/projects", { limit: 7 })).catch(toastProblem);
    if (found) recent.value = found.projects;
  };
  const now = project.value;
  return html`<${Menu} label=${t("frame.projects")} align="start" items=${[
    ...recent.value.map(({ id, name }) => ({ title: name, href: href(`/projects/${id}`), current: id === now?.id })),
    { title: t("frame.allProjects"), href: href("/projects"), icon: "folder" },
  ]} button=${(/** @type {any} */ { onClick, ...attributes }) => html`
    <button type="button" class="button plain switcher" ...${attributes} onClick=${() => { load(); onClick(); }}>
      <span class="cut">${now?.name ?? t("projects.title")}</span><${Icon} name="chevron" /></button>`} />`;
}

function Account() {
  const user = me.value;
  if (!user) return null;
  return html`<${Menu} label=${t("frame.account")} items=${[
    { title: t("account.title"), icon: "person", href: href("/account") },
    user.isAdmin && { title: t("admin.title"), icon: "gear", href: href("/admin") },
    ...Object.entries(LANGUAGES).filter(([key]) => key !== language).map(([key, name]) => (
      { title: name, lang: key, icon: "globe", run: () => choose(key) })),
    { title: t("frame.keys"), icon: "keyboard", run: () => { openPalette.value = "keys"; } },
    { title: t("frame.docs"), icon: "link", href: href("/docs") },
    { title: t("frame.signOut"), icon: "door", run: () => signOut().catch(toastProblem) },
  ]} button=${(/** @type {any} */ attributes) => html`
    <button type="button" class="button plain" ...${attributes}><${Avatar} name=${user.name} /><span class="hidden">${t("frame.accountOf", { name: user.name })}</span></button>`} />`;
}

/** Notices about the server, for as long as they apply. */
export function Banners() {
  const isAway = connection.value === "away";
  useEffect(() => {
    if (!isAway) return undefined;
    return () => toast(t("frame.back"));
  }, [isAway]);
  const reload = html`<${Button} onClick=${() => location.reload()}>${t("frame.reload")}<//>`;
  return html`<div role="status" class="banners">
    ${isAway && html`<${Notice} tone="warning">${t("frame.away")}<//>`}
    ${isUpgraded.value && html`<${Notice} actions=${reload}>${t("frame.upgraded")}<//>`}
  </div>`;
}

/** What to do when the session has ended, or belongs to somebody else. */
function Ended() {
  const user = me.value;
  const form = useForm({ initial: { email: user?.email ?? "" }, send: (values) => signIn(/** @type {any} */ (values)) });
  if (ended.value === "other") {
    return html`<${Dialog} title=${t("session.otherTitle")}><p>${t("session.other")}</p>
      <div class="row actions"><${Button} kind="primary" onClick=${() => location.assign(href("/"))}>${t("session.goOn")}<//></div><//>`;
  }
  const leave = html`<${Button} onClick=${giveUp}>${t("session.leave")}<//>`;
  return html`<${Dialog} title=${t("session.overTitle")}>
    <p>${t("session.over")}</p>
    <${Form} form=${form}>
      <${Input} name="email" type="email" label=${t("common.email")} autocomplete="username" required readonly=${Boolean(user?.email)} />
      <${Secret} name="password" label=${t("common.password")} autocomplete="current-password" required />
      <${Submit} beside=${leave}>${t("login.act")}<//>
    <//>
  <//>`;
}
