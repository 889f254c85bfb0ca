// Who is in a project, who is invited, and joining and leaving.

import { html, useLocation, useState } from "../vendor.js";
import { get, post, remove, withQuery } from "../api.js";
import { ask, Dialog, toast, toastProblem } from "../parts/dialogs.js";
import { Form, Input, Submit, useForm } from "../parts/forms.js";
import { Pages } from "../parts/lists.js";
import { Shown, useLoaded } from "../parts/pages.js";
import { Avatar, Badge, Button, Card, Code, Copy, Empty, Table, Time } from "../parts/shown.js";
import { facts, href } from "../place.js";
import { ProjectFrame } from "../project.js";
import { me } from "../session.js";
import { t } from "../texts.js";

const LIMIT = 20;

/** @param {{params: {project: string}, query: Record<string, string>}} props */
export default function Members({ params, query }) {
  return html`<${ProjectFrame} id=${params.project} tab="members.title">${(/** @type {any} */ { project, again }) => html`
    <${People} project=${project} page=${query.page ?? "1"} onChange=${again} />
    ${project.userRole && html`<${Invitations} project=${project} page=${query.invitations ?? "1"} />`}`}<//>`;
}

/** @param {{project: any, page: string, onChange: () => void}} props */
function People({ project, page, onChange }) {
  const { route } = useLocation();
  const path = `/projects/${project.id}/members`;
  const loaded = useLoaded((signal) => get(withQuery(path, { page, limit: LIMIT }), { signal }), [path, page, project.revision]);
  const isOwner = project.userRole === "owner";
  const out = (/** @type {any} */ one) => ask({
    title: t("members.removeTitle", { name: one.name }),
    text: t("members.removeText"),
    act: t("members.remove"),
    run: async () => {
      await remove(`${path}/${one.id}`);
      onChange();
    },
  });
  const leave = () => ask({
    title: t("members.leaveTitle", { project: project.name }),
    text: t("members.leaveText"),
    act: t("members.leave"),
    run: async () => {
      await remove(`${path}/${me.value?.id}`);
      route(href("/projects"));
    },
  });
  const handOver = (/** @type {any} */ one) => ask({
    title: t("members.handOverTitle", { name: one.name }),
    text: t("members.handOverText", { project: project.name }),
    act: t("members.handOver"),
    name: project.name,
    run: async () => {
      await post(`/projects/${project.id}/transfer`, { userId: one.id });
      toast(t("members.handedOver", { name: one.name }));
      onChange();
    },
  });
  const actions = project.userRole === "member" && html`<${Button} icon="door" onClick=${leave}>${t("members.leave")}<//>`;
  return html`<${Card} title=${t("members.title")} actions=${actions}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { members, pagination }) => html`
      <${Table} label=${t("members.title")} rows=${members} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
        { title: t("common.name"), isHead: true, shown: (/** @type {any} */ one) => html`<span class="row"><${Avatar} name=${one.name} /><bdi>${one.name}</bdi>
          ${one.id === me.value?.id && html`<${Badge}>${t("projects.you")}<//>`}</span>` },
        { title: t("common.email"), isWide: true, shown: (/** @type {any} */ one) => one.email && html`<bdi>${one.email}</bdi>` },
        { title: t("members.role"), shown: (/** @type {any} */ one) => t(`members.is.${one.role}`) },
        { title: t("members.since"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.joinedAt} />` },
        { title: "", shown: (/** @type {any} */ one) => isOwner && one.role !== "owner" && html`<span class="row">
          <${Button} kind="plain" onClick=${() => handOver(one)}>${t("members.handOver")}<//>
          <${Button} kind="plain" icon="trash" label=${t("members.removeOf", { name: one.name })} onClick=${() => out(one)} /></span>` },
      ]} /><${Pages} pagination=${pagination} />`}<//>
  <//>`;
}

/** @param {{project: any, page: string}} props */
function Invitations({ project, page }) {
  const [isInviting, setInviting] = useState(false);
  const path = `/projects/${project.id}/invitations`;
  const loaded = useLoaded((signal) => get(withQuery(path, { page, limit: LIMIT }), { signal }), [path, page, project.revision]);
  const takeBack = async (/** @type {any} */ one) => {
    await remove(`${path}/${one.id}`);
    loaded.again();
    toast(t("members.takenBack", { email: one.email }), { undo: async () => {
      await post(`/projects/${project.id}/members`, { email: one.email });
      loaded.again();
    } });
  };
  const invite = html`<${Button} kind="primary" icon="plus" onClick=${() => setInviting(true)}>${t("members.invite")}<//>`;
  return html`<${Card} title=${t("members.invitations")} actions=${invite}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { invitations, pagination }) => (invitations.length ? html`
      <${Table} label=${t("members.invitations")} rows=${invitations} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
        { title: t("common.email"), isHead: true, shown: (/** @type {any} */ one) => html`<bdi>${one.email}</bdi>` },
        { title: t("members.by"), shown: (/** @type {any} */ one) => one.invitedBy && html`<bdi>${one.invitedBy.name}</bdi>` },
        { title: t("members.expires"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.expiresAt} />` },
        { title: t("members.link"), isWide: true, shown: (/** @type {any} */ one) => one.inviteUrl && html`<${Copy} kind="plain" text=${one.inviteUrl} label=${t("members.linkOf", { email: one.email })}>${t("members.copy")}<//>` },
        { title: "", shown: (/** @type {any} */ one) => html`<${Button} kind="plain" icon="trash" label=${t("members.takeBackOf", { email: one.email })}
          onClick=${() => takeBack(one).catch(toastProblem)} />` },
      ]} /><${Pages} pagination=${pagination} />` : html`<${Empty} icon="people" title=${t("members.nobody")}>${t("members.nobodyText")}<//>`)}<//>
    ${isInviting && html`<${Inviting} project=${project} onClose=${() => { setInviting(false); loaded.again(); }} />`}
  <//>`;
}

/** @param {{project: any, onClose: () => void}} props */
function Inviting({ project, onClose }) {
  const [made, setMade] = useState(/** @type {any} */ (null));
  const form = useForm({
    name: `invite-${project.id}`,
    initial: { email: "" },
    send: async ({ email }, { key }) => setMade(await post(`/projects/${project.id}/members`, { email }, { key })),
  });
  const cancel = html`<${Button} onClick=${onClose}>${t("common.cancel")}<//>`;
  if (made) {
    return html`<${Dialog} title=${t("members.invited", { email: made.invitation.email })} onClose=${onClose}>
      <p>${t(facts.mails ? "members.mailed" : "members.sendIt")}</p>
      ${made.invitation.inviteUrl && html`<${Code} text=${made.invitation.inviteUrl} label=${t("members.link")} />`}
      <div class="row actions"><${Button} kind="primary" onClick=${onClose}>${t("common.done")}<//></div>
    <//>`;
  }
  return html`<${Dialog} title=${t("members.invite")} onClose=${onClose}>
    <${Form} form=${form}>
      <${Input} name="email" type="email" label=${t("common.email")} hint=${t("members.inviteHint")} required maxlength="254" autofocus autocapitalize="off" />
      <${Submit} beside=${cancel}>${t("members.invite")}<//>
    <//>
  <//>`;
}
