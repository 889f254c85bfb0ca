// One's own account: name, password, signed-in devices, tokens, export and deletion.

import { html, useState } from "../vendor.js";
import { get, patch, post, put, remove, send, withQuery } from "../api.js";
import { hasSingleKeys, setSingleKeys } from "../commands.js";
import { Dialog, toast, toastProblem } from "../parts/dialogs.js";
import { saveAnswer } from "../parts/files.js";
import { Check, Form, Input, Secret, Submit, Tick, useForm } from "../parts/forms.js";
import { Pages } from "../parts/lists.js";
import { Clash, useEdit } from "../parts/merging.js";
import { PageHead, Shown, useLoaded } from "../parts/pages.js";
import { Badge, Button, Card, Empty, Notice, Table, Time } from "../parts/shown.js";
import { TokenTable } from "../parts/tokens.js";
import { href } from "../place.js";
import { me, signOut } from "../session.js";
import { t } from "../texts.js";

const LIMIT = 10;

/** @param {{query: Record<string, string>}} props */
export default function Account({ query }) {
  if (!me.value) return null;
  return html`
    <${PageHead} title=${t("account.title")} />
    ${!me.value.emailVerified && html`<${Unconfirmed} />`}
    <div class="pair"><div class="stack"><${Profile} /><${Email} /></div><div class="stack"><${Password} /><${Browser} /></div></div>
    <${Devices} />
    <${Tokens} page=${query.page ?? "1"} />
    <${Leaving} />`;
}

function Unconfirmed() {
  const mail = async () => {
    const { isMailed } = await post("/auth/resend-verification");
    toast(t(isMailed ? "account.mailed" : "account.notMailed"));
  };
  return html`<${Notice} tone="warning" actions=${html`<${Button} onClick=${() => mail().catch(toastProblem)}>${t("account.mailAgain")}<//>`}>
    ${t("account.unconfirmed")}<//>`;
}

function Profile() {
  const { form, clash } = useEdit({
    name: "profile",
    current: /** @type {import("../session.js").User} */ (me.value),
    fields: { name: { label: t("register.name") } },
    send: async (changes, ifMatch) => {
      const { user } = await patch("/users/profile", changes, { ifMatch });
      me.value = user;
      toast(t("account.saved"));
      return user;
    },
  });
  return html`<${Card} title=${t("account.profile")}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("register.name")} autocomplete="name" required minlength="2" maxlength="255" />
      <${Submit}>${t("common.save")}<//>
    <//>
    <${Clash} clash=${clash} />
  <//>`;
}

function Email() {
  const { form, clash } = useEdit({
    name: "email",
    current: /** @type {import("../session.js").User} */ (me.value),
    fields: { email: { label: t("common.email") } },
    beside: { password: "" },
    send: async (_, ifMatch, { email, password }) => {
      const { user } = await put("/users/email", { email, password }, { ifMatch });
      form.set("password", "");
      me.value = user;
      toast(t("account.emailSaved"));
      return user;
    },
  });
  return html`<${Card} title=${t("common.email")}>
    <${Form} form=${form}>
      <${Input} name="email" type="email" label=${t("common.email")} hint=${t("account.emailHint")} autocomplete="email" required maxlength="254" autocapitalize="off" />
      <${Secret} name="password" label=${t("common.password")} autocomplete="current-password" required />
      <${Submit}>${t("account.emailAct")}<//>
    <//>
    <${Clash} clash=${clash} />
  <//>`;
}

function Password() {
  const form = useForm({
    initial: { currentPassword: "", newPassword: "", revokeTokens: false },
    send: async (values) => {
      await put("/users/password", values);
      form.reset();
      toast(t("account.passwordSaved"));
    },
  });
  return html`<${Card} title=${t("common.password")}>
    <${Form} form=${form}>
      <input type="email" class="hidden" value=${me.value?.email} autocomplete="username" readonly tabindex="-1" aria-hidden="true" />
      <${Secret} name="currentPassword" label=${t("account.current")} autocomplete="current-password" required />
      <${Secret} name="newPassword" label=${t("account.new")} hint=${t("register.rule")} autocomplete="new-password" required minlength="8" />
      <${Check} name="revokeTokens" label=${t("account.revokeTokens")} hint=${t("account.revokeHint")} />
      <${Submit}>${t("account.change")}<//>
    <//>
  <//>`;
}

function Devices() {
  const loaded = useLoaded((signal) => get("/auth/sessions", { signal }), []);
  const end = async (/** @type {any} */ one) => {
    await remove(`/auth/sessions/${one.id}`);
    toast(t("account.deviceOut"));
    loaded.again();
  };
  const everywhere = html`<${Button} onClick=${() => signOut({ everywhere: true }).catch(toastProblem)}>${t("account.everywhere")}<//>`;
  return html`<${Card} title=${t("account.devices")} actions=${everywhere}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { sessions }) => html`<${Table} label=${t("account.devices")} rows=${sessions} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
      { title: t("account.device"), isHead: true, shown: (/** @type {any} */ one) => html`<bdi title=${one.userAgent}>${deviceName(one.userAgent)}</bdi>
        ${one.current && html` <${Badge} tone="good">${t("account.thisOne")}<//>`}` },
      { title: t("account.address"), shown: (/** @type {any} */ one) => html`<code>${one.ip}</code>` },
      { title: t("account.since"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.createdAt} />` },
      { title: t("account.lastUsed"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.lastUsedAt} />` },
      { title: "", shown: (/** @type {any} */ one) => !one.current && html`<${Button} kind="plain" icon="door"
        label=${t("account.signOutOf", { device: deviceName(one.userAgent) })} onClick=${() => end(one).catch(toastProblem)} />` },
    ]} />`}<//>
  <//>`;
}

/** @param {{page: string}} props */
function Tokens({ page }) {
  const loaded = useLoaded((signal) => get(withQuery("/users/tokens", { page, limit: LIMIT }), { signal }), [page]);
  return html`<${Card} title=${t("account.tokens")}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ { tokens, pagination }) => (tokens.length ? html`
      <${TokenTable} label=${t("account.tokens")} tokens=${tokens} onRevoked=${loaded.again} projectOf=${(/** @type {any} */ one) => ({ id: one.projectId, name: one.projectName })}
        beside=${{ title: t("account.project"), shown: (/** @type {any} */ one) => html`<a href=${href(`/projects/${one.projectId}`)}><bdi>${one.projectName}</bdi></a>` }} />
      <${Pages} pagination=${pagination} />` : html`<${Empty} icon="plug" title=${t("account.noTokens")}>${t("account.noTokensText")}<//>`)}<//>
  <//>`;
}

const Browser = () => html`<${Card} title=${t("account.browser")}>
  <${Tick} label=${t("frame.singleKeys")} hint=${t("frame.singleKeysHint")} checked=${hasSingleKeys.value} onChoose=${setSingleKeys} />
<//>`;

function Leaving() {
  const [isLeaving, setLeaving] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      await saveAnswer(await send("GET", "/users/export"), "gassapi-account.json");
    } finally {
      setBusy(false);
    }
  };
  return html`<${Card} title=${t("account.leaving")}>
    <p class="muted">${t("account.leavingText")}</p>
    <div class="row">
      <${Button} icon="download" busy=${isBusy} onClick=${() => download().catch(toastProblem)}>${t("account.export")}<//>
      <${Button} kind="danger" icon="trash" onClick=${() => setLeaving(true)}>${t("account.delete")}<//>
    </div>
    ${isLeaving && html`<${Deletion} onClose=${() => setLeaving(false)} />`}
  <//>`;
}

/** @param {{onClose: () => void}} props */
function Deletion({ onClose }) {
  const user = /** @type {import("../session.js").User} */ (me.value);
  const [kept, setKept] = useState(/** @type {any[]} */ ([]));
  const form = useForm({
    initial: { email: "", password: "" },
    check: ({ email }) => (email === user.email ? {} : { email: t("ask.differs") }),
    send: async ({ password }) => {
      await remove("/users/account", { password, confirmation: "DELETE_MY_ACCOUNT" });
      location.assign(href("/login"));
    },
    refused: (problem) => {
      setKept(problem.details?.projects ?? []);
      return false;
    },
  });
  const cancel = html`<${Button} onClick=${onClose}>${t("common.cancel")}<//>`;
  return html`<${Dialog} title=${t("account.deleteTitle")} onClose=${onClose}>
    <p>${t("account.deleteText")}</p>
    <${Form} form=${form}>
      <${Input} name="email" label=${t("ask.name", { name: user.email })} autocomplete="off" spellcheck=${false} />
      <${Secret} name="password" label=${t("common.password")} autocomplete="current-password" required />
      ${kept.length > 0 && html`<ul>${kept.map((one) => html`<li><a href=${href(`/projects/${one.id}`)}><bdi>${one.name}</bdi></a></li>`)}</ul>`}
      <${Submit} kind="danger" beside=${cancel}>${t("account.delete")}<//>
    <//>
  <//>`;
}

/** @type {[RegExp, string][]} */
const BROWSERS = [
  [/\bEdg/, "Edge"], [/\bOPR\//, "Opera"], [/\bFirefox\//, "Firefox"], [/Chrom(?:e|ium)\//, "Chrome"], [/\bSafari\//, "Safari"],
];
/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/\bAndroid\b/, "Android"], [/\biPhone|iPad\b/, "iOS"], [/\bWindows\b/, "Windows"], [/\bMac OS X\b/, "macOS"], [/\bLinux\b/, "Linux"],
];

/** A name for a device that people recognise, from its user agent. @param {string | null} userAgent */
function deviceName(userAgent) {
  if (!userAgent) return t("account.unknown");
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  if (!browser) return userAgent.slice(0, 40);
  return system ? t("account.on", { browser, system }) : browser;
}
