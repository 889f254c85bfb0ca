// An invitation to a project: its details, and joining as the signed-in user, by sign-in or registration.

import { html, useRef, useState } from "../vendor.js";
import { get, post, Problem } from "../api.js";
import { enter, tokenOf, whyNot } from "../links.js";
import { Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Gate, Shown, useGo, useLoaded } from "../parts/pages.js";
import { Badge, Button, Skeleton, Tabs } from "../parts/shown.js";
import { facts, href, ROOT } from "../place.js";
import { me, signOut } from "../session.js";
import { moment, t } from "../texts.js";

/** @typedef {{token: string, onJoined: (project: any) => void, onRefused: (problem: Problem) => boolean}} Joining */

/** @param {{params: Record<string, string>}} props */
export default function Invite({ params }) {
  const token = tokenOf(params);
  const go = useGo();
  const [state, setState] = useState("");
  const who = useRef(me.value); // the value at first: sending a form changes it
  if (who.current === undefined) who.current = me.value;
  const isIn = facts.isWhole && who.current;
  const loaded = useLoaded((signal) => get(`/invitations/${encodeURIComponent(token)}`, { signal, anonymous: true }), [token]);
  const why = state || (loaded.problem && !loaded.value ? whyNot(loaded.problem) : "");
  const invitation = loaded.value?.invitation;
  const onJoined = (/** @type {any} */ project) => {
    if (facts.isWhole) go(href(project ? `/projects/${project.id}` : "/projects"));
    else setState("done");
  };
  const onRefused = (/** @type {Problem} */ problem) => {
    const found = whyNot(problem);
    if (problem.status === 409 && !problem.code.startsWith("IDEMPOTENCY")) return false;
    if (found) setState(found);
    return Boolean(found);
  };
  if (why === "done") return html`<${Joined} name=${invitation?.projectName ?? ""} />`;
  if (why === "gone") return html`<${Gate} title=${t("invite.gone")} sign="warning"><p>${t("invite.goneText")}</p><p>${t("invite.goneNext")}</p><//>`;
  if (why === "broken") return html`<${Gate} title=${t("invite.broken")} sign="warning"><p>${t("invite.brokenText")}</p><//>`;
  if (!invitation || (facts.isWhole && me.value === undefined)) {
    return html`<${Gate} title=${t("invite.title")}>${loaded.problem ? html`<${Shown} loaded=${loaded}>${() => null}<//>` : html`<${Skeleton} />`}<//>`;
  }
  const { projectName, inviterName, email, expiresAt, canRegister } = invitation;
  const joining = { token, onJoined, onRefused };
  return html`<${Gate} title=${t("invite.to", { project: projectName })}>
    <p>${inviterName ? t("invite.by", { name: inviterName }) : t("invite.byNobody")} ${t("invite.text")}</p>
    <p class="row"><${Badge} tone="whole">${email}<//><span class="small muted">${t("invite.until", { time: moment(expiresAt) })}</span></p>
    ${isIn
      ? html`<${Accept} ...${joining} />`
      : canRegister
        ? html`<${Tabs} label=${t("invite.how")} tabs=${[
            { key: "new", title: t("invite.new"), shown: () => html`<${Register} ...${joining} />` },
            { key: "known", title: t("invite.known"), shown: () => html`<${SignIn} ...${joining} />` }]} />`
        : html`<p>${t("invite.closed")}</p><${SignIn} ...${joining} />`}
  <//>`;
}

/** Join; being a member already counts as success. @param {string} token @param {import("../api.js").Options} options */
async function join(token, options) {
  try {
    return (await post("/invitations/accept", { token }, options)).project;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 409) return null;
    throw problem;
  }
}

/** @param {Joining} props */
function Accept({ token, onJoined, onRefused }) {
  const form = useForm({ refused: onRefused, send: async () => onJoined(await join(token, {})) });
  const other = html`<${Button} onClick=${() => signOut({ to: location.href })}>${t("invite.other")}<//>`;
  return html`<p>${t("invite.as", { name: me.value?.name ?? "" })}</p>
    <${Form} form=${form}><${Submit} beside=${other}>${t("invite.join")}<//><//>`;
}

/** @param {Joining} props */
function Register({ token, onJoined, onRefused }) {
  const form = useForm({
    name: "invited",
    initial: { name: "", email: "", password: "" },
    refused: onRefused,
    send: async (values) => onJoined(await join(token, await enter("/auth/register", { ...values, invitationToken: token }))),
  });
  return html`<${Form} form=${form}>
    <${Input} name="name" label=${t("register.name")} autocomplete="name" required minlength="2" maxlength="255" />
    <${Input} name="email" type="email" label=${t("common.email")} hint=${t("invite.email")} autocomplete="email" required maxlength="254" />
    <${Secret} name="password" label=${t("common.password")} hint=${t("register.rule")} autocomplete="new-password" required minlength="8" />
    <${Submit}>${t("invite.register")}<//>
  <//>`;
}

/** @param {Joining} props */
function SignIn({ token, onJoined, onRefused }) {
  const form = useForm({
    name: "invited",
    initial: { email: "", password: "" },
    refused: onRefused,
    send: async ({ email, password }) => onJoined(await join(token, await enter("/auth/login", { email, password }))),
  });
  return html`<${Form} form=${form}>
    <${Input} name="email" type="email" label=${t("common.email")} autocomplete="username" required maxlength="254" />
    <${Secret} name="password" label=${t("common.password")} autocomplete="current-password" required />
    <${Submit}>${t("invite.signIn")}<//>
  <//>`;
}

/** If the console is left out: how to continue with another client. @param {{name: string}} props */
const Joined = ({ name }) => html`<${Gate} title=${t("invite.done", { project: name })} sign="good">
  <p>${t("invite.client")} <code>${location.origin + ROOT.slice(0, -1)}</code></p>
  <p><a href=${href("/docs")}>${t("frame.docs")}</a></p>
<//>`;
