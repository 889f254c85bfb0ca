// The instance, for its administrators: people, state, check-up, record.

import { html, useEffect, useState } from "../vendor.js";
import { get, patch, post, Problem, remove, withQuery } from "../api.js";
import { ask, Dialog, Menu, toast, toastProblem } from "../parts/dialogs.js";
import { Entries, Filters, filtersOf } from "../parts/entries.js";
import { Check, Form, Input, Secret, Submit, useForm } from "../parts/forms.js";
import { Pages, Search } from "../parts/lists.js";
import { Clash } from "../parts/merging.js";
import { PageHead, Shown, useLoaded } from "../parts/pages.js";
import { Plot } from "../parts/plots.js";
import { Badge, Button, Card, Code, Notice, Progress, Table, Time } from "../parts/shown.js";
import { Places } from "../parts/tabs.js";
import { facts } from "../place.js";
import { me } from "../session.js";
import { duration, loadSaid, number, said, size, t } from "../texts.js";

const LIMIT = 20;
const TABS = ["people", "status", "checks", "record"];
const LOOK_MS = 10_000;
const DATABASES = { sqlite: "SQLite", mysql: "MySQL", mariadb: "MariaDB" };
const ACTIONS = [
  "session_started", "session_ended", "sign_ins_refused", "user_registered", "user_created", "user_updated", "user_activated", "user_deactivated",
  "user_promoted", "user_demoted", "user_deleted", "password_changed", "password_reset", "reset_link_made", "email_verified", "profile_updated",
  "project_created", "project_deleted", "mail_tried",
];

/** @param {{query: Record<string, string>}} props */
export default function Admin({ query }) {
  const tab = TABS.includes(query.tab) ? query.tab : TABS[0];
  if (!me.value?.isAdmin) return html`<${PageHead} title=${t("admin.title")} /><${Notice} tone="bad" role="alert">${t("refused.403.text")}<//>`;
  const Tab = /** @type {any} */ ({ people: People, status: Status, checks: Checks, record: Record })[tab];
  return html`<${PageHead} title=${t("admin.title")} />
    <${Places} label=${t("admin.title")} places=${TABS.map((one) => ({ title: t(`admin.${one}`), href: `${location.pathname}?tab=${one}`, isHere: one === tab }))} />
    <${Tab} query=${query} />`;
}

/** @param {{query: Record<string, string>}} props */
function People({ query }) {
  const { search = "", page = "1" } = query;
  const [isMaking, setMaking] = useState(false);
  const [link, setLink] = useState(/** @type {any} */ (null));
  const loaded = useLoaded((signal) => get(withQuery("/users", { search, page, limit: LIMIT }), { signal }), [search, page]);
  const [clash, setClash] = useState(/** @type {Clashing | null} */ (null));
  const change = (/** @type {any} */ one, /** @type {string} */ key) => turnOver(one, key, { tell: loaded.again, setClash });
  const resetLink = async (/** @type {any} */ one) => setLink({ ...(await post(`/users/${one.id}/reset-link`)), name: one.name });
  const signOut = (/** @type {any} */ one) => ask({
    title: t("admin.signOutTitle", { name: one.name }), text: t("admin.signOutText"), act: t("admin.signOut"),
    run: () => remove(`/users/${one.id}/sessions`),
  });
  const items = (/** @type {any} */ one) => [
    { title: t(one.isAdmin ? "admin.demote" : "admin.promote"), icon: "person", run: () => change(one, "isAdmin").catch(toastProblem) },
    { title: t("admin.resetLink"), icon: "link", run: () => resetLink(one).catch(toastProblem) },
    { title: t("admin.signOut"), icon: "door", run: () => signOut(one) },
    { title: t(one.isActive ? "admin.suspend" : "admin.restore"), icon: "lock", isDangerous: one.isActive, run: () => change(one, "isActive").catch(toastProblem) },
  ];
  const make = html`<${Button} kind="primary" icon="plus" onClick=${() => setMaking(true)}>${t("admin.make")}<//>`;
  return html`<${Card} title=${t("admin.people")} actions=${make}>
    <p class="muted">${t(`admin.registration.${facts.registration}`)}</p>
    <${Search} label=${t("admin.search")} value=${search} />
    <${Shown} loaded=${loaded} lines=${8}>${(/** @type {any} */ { users, pagination }) => html`
      <${Table} label=${t("admin.people")} rows=${users} keyOf=${(/** @type {any} */ one) => one.id} columns=${[
        { title: t("common.name"), isHead: true, shown: (/** @type {any} */ one) => html`<bdi>${one.name}</bdi>
          ${one.isAdmin && html` <${Badge} tone="accent">${t("admin.isAdmin")}<//>`}${!one.isActive && html` <${Badge} tone="bad">${t("admin.isSuspended")}<//>`}` },
        { title: t("common.email"), isWide: true, shown: (/** @type {any} */ one) => html`<bdi>${one.email}</bdi>${!one.emailVerified && html` <${Badge}>${t("admin.unconfirmed")}<//>`}` },
        { title: t("admin.lastLogin"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.lastLoginAt} />` },
        { title: t("admin.since"), shown: (/** @type {any} */ one) => html`<${Time} at=${one.createdAt} />` },
        { title: "", shown: (/** @type {any} */ one) => one.id !== me.value?.id && html`<${Menu} label=${one.name} items=${items(one)} button=${(/** @type {any} */ attributes) => html`
          <${Button} ...${attributes} kind="plain" icon="more" label=${t("admin.actionsFor", { name: one.name })} />`} />` },
      ]} /><${Pages} pagination=${pagination} />`}<//>
    <${Clash} clash=${clash} />
    ${isMaking && html`<${Making} onClose=${() => { setMaking(false); loaded.again(); }} />`}
    ${link && html`<${Dialog} title=${t("admin.resetLinkFor", { name: link.name })} onClose=${() => setLink(null)}>
      <p>${t("admin.resetLinkText")}</p><${Code} text=${link.resetUrl} label=${t("admin.resetLink")} /><//>`}
  <//>`;
}

/** What each right of an account is called. @type {Record<string, string>} */
const RIGHTS = { isActive: "admin.mayEnter", isAdmin: "admin.isAdmin" };
/** @typedef {import("../parts/merging.js").Clashing} Clashing */

/**
 * Turn over one right of somebody as they were shown. Where another administrator changed their
 * rights meanwhile, ask; what else was changed does not matter. Raises `Problem`.
 * @param {any} one @param {string} key
 * @param {{tell: () => void, setClash: (to: (clash: Clashing | null) => Clashing | null) => void}} to
 */
async function turnOver(one, key, to) {
  try {
    const { user } = await patch(`/users/${one.id}`, { [key]: !one[key] }, { ifMatch: one.revision });
    to.tell();
    toast(t("admin.changed", { name: one.name }), { undo: () => turnOver(user, key, to) });
  } catch (problem) {
    if (!(problem instanceof Problem) || !problem.current) throw problem;
    const { current } = problem;
    const theirs = Object.keys(RIGHTS).filter((right) => current[right] !== one[right]);
    if (!theirs.length) return turnOver(current, key, to);
    to.tell();
    if (theirs.includes(key)) return toast(t("admin.already", { name: one.name }));
    const clash = clashOver(current, key, theirs, to);
    to.setClash(() => clash);
  }
}

/** @param {any} current @param {string} key @param {string[]} theirs @param {Parameters<typeof turnOver>[2]} to @returns {Clashing} */
function clashOver(current, key, theirs, to) {
  const said = theirs.map((right) => `${t(RIGHTS[right])}: ${t(current[right] ? "common.yes" : "common.no")}`).join(", ");
  const close = () => to.setClash((now) => (now === clash ? null : now));
  const clash = {
    text: t("admin.clash", { name: current.name, now: said }),
    fields: [{ key, label: t(RIGHTS[key]), mine: !current[key], theirs: current[key] }],
    close,
    choose: async (/** @type {Record<string, string>} */ choice) => {
      if (choice[key] === "mine") await turnOver(current, key, to);
      close();
    },
  };
  return clash;
}

/** @param {{onClose: () => void}} props */
function Making({ onClose }) {
  const form = useForm({
    name: "new-person",
    initial: { name: "", email: "", password: "", isAdmin: false },
    send: async ({ name, email, password, isAdmin }, { key }) => {
      await post("/users", { name, email, password, isAdmin }, { key });
      onClose();
    },
  });
  const cancel = html`<${Button} onClick=${onClose}>${t("common.cancel")}<//>`;
  return html`<${Dialog} title=${t("admin.make")} onClose=${onClose}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("common.name")} required minlength="2" maxlength="255" autofocus />
      <${Input} name="email" type="email" label=${t("common.email")} required maxlength="254" autocapitalize="off" />
      <${Secret} name="password" label=${t("common.password")} hint=${t("admin.passwordHint")} autocomplete="new-password" required minlength="8" />
      <${Check} name="isAdmin" label=${t("admin.isAdmin")} />
      <${Submit} beside=${cancel}>${t("admin.make")}<//>
    <//>
  <//>`;
}

function Status() {
  const loaded = useLoaded(async (signal) => {
    const status = await get("/status", { signal });
    const { stats } = await get("/users/stats", { signal });
    const { history } = await get("/status/history", { signal });
    return { status, stats, history };
  }, []);
  useEffect(() => {
    const timer = setInterval(loaded.again, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return html`<${Shown} loaded=${loaded}>${(/** @type {any} */ { status, stats, history: { slots, slotSeconds } }) => html`
    <${Card} title=${t("admin.status")}>
      <dl class="figures">
        <div><dt>${t("admin.version")}</dt><dd>${status.version}</dd></div>
        <div><dt>${t("admin.running")}</dt><dd>${duration(status.uptime)}</dd></div>
        <div><dt>${t("admin.people")}</dt><dd>${number(stats.total)}</dd></div>
        <div><dt>${t("projects.title")}</dt><dd>${number(stats.projects)}</dd></div>
        <div><dt>${t("projects.endpoints")}</dt><dd>${number(stats.endpoints)}</dd></div>
        ${status.disk && html`<div><dt>${t("admin.disk")}</dt><dd>${size(status.disk.freeBytes)}</dd></div>`}
        <div><dt>${t("admin.database")}</dt><dd>${/** @type {any} */ (DATABASES)[status.database.kind] ?? status.database.kind}</dd></div>
      </dl>
      <p class="muted">${t("admin.half")}</p>
      <div class="plots">
        <${Plot} label=${t("admin.requests")} values=${slots.map((/** @type {any} */ one) => one.requests / slotSeconds)} shown=${number} />
        <${Plot} label=${t("admin.latency")} values=${slots.map((/** @type {any} */ one) => one.p99Ms)} shown=${(/** @type {number} */ value) => `${number(Math.round(value))} ms`} />
        <${Plot} label=${t("admin.memory")} values=${slots.map((/** @type {any} */ one) => one.memoryBytes)} shown=${size} />
        <${Plot} label=${t("admin.streams")} values=${slots.map((/** @type {any} */ one) => one.streams)} shown=${number} />
      </div>
    <//>`}<//>`;
}

/** A finding, or a piece of one, in the reader's language. @param {string} text */
const told = (text) => said(text, "", "findings");

function Checks() {
  const loaded = useLoaded(async (signal) => {
    const [found] = await Promise.all([get("/doctor", { signal }), loadSaid("findings")]);
    return found;
  }, []);
  const [mail, setMail] = useState(/** @type {any} */ (null));
  const tryMail = async () => {
    const [answer] = await Promise.all([post("/mail/test"), loadSaid("findings")]);
    setMail(answer);
  };
  const tone = { good: "good", warning: "warning", bad: "bad" };
  return html`<${Card} title=${t("admin.checks")} actions=${html`<${Button} onClick=${loaded.again} busy=${loaded.isLoading}>${t("admin.again")}<//>`}>
      <${Shown} loaded=${loaded} lines=${8}>${(/** @type {any} */ { findings }) => html`<${Table} label=${t("admin.checks")} rows=${findings} keyOf=${(/** @type {any} */ one) => one.check + one.message} columns=${[
        { title: t("admin.check"), isHead: true, shown: (/** @type {any} */ one) => told(one.check) },
        { title: t("admin.verdict"), shown: (/** @type {any} */ one) => html`<${Badge} tone=${/** @type {any} */ (tone)[one.verdict]}>${t(`admin.is.${one.verdict}`)}<//>` },
        { title: t("admin.found"), isWide: true, shown: (/** @type {any} */ one) => html`${told(one.message)}${one.advice && html`<p class="small muted">${told(one.advice)}</p>`}` },
      ]} />`}<//>
    <//>
    <${Card} title=${t("admin.mail")}>
      <p class="muted">${t(facts.mails ? "admin.mailText" : "admin.noMail")}</p>
      <div class="row"><${Button} onClick=${() => tryMail().catch(toastProblem)}>${t("admin.tryMail")}<//></div>
      <div role="status">${mail && html`<${Notice} tone=${mail.isMailed ? "good" : "bad"}>${mail.isMailed && t("admin.mailTaken", { address: mail.recipient })} ${told(mail.message)}<//>`}</div>
    <//>`;
}

/** @param {{query: Record<string, string>}} props */
function Record({ query }) {
  const path = withQuery("/audit", { ...filtersOf(query), page: query.page ?? "1", limit: LIMIT });
  const loaded = useLoaded((signal) => get(path, { signal }), [path]);
  return html`<${Verification} />
    <${Card} title=${t("admin.record")}>
      <p class="muted">${t("admin.recordText")}</p>
      <${Filters} query=${query} actions=${ACTIONS} />
      <${Shown} loaded=${loaded} lines=${8}>${(/** @type {any} */ { activity, pagination }) => html`
        <${Entries} entries=${activity} actorId=${query.actorId} /><${Pages} pagination=${pagination} />`}<//>
    <//>`;
}

function Verification() {
  const [found, setFound] = useState(/** @type {any} */ (null));
  const [isBusy, setBusy] = useState(false);
  const verify = async () => {
    setBusy(true);
    await loadSaid("findings");
    const sum = { isWhole: true, entries: 0, broken: /** @type {any[]} */ ([]), unfinished: 0, checked: 0, total: 1, isDone: false };
    try {
      for (let after = ""; after !== null;) {
        const { verification: part } = await get(withQuery("/audit/verification", { after }));
        sum.isWhole &&= part.isWhole;
        sum.entries += part.entries;
        sum.broken = [...sum.broken, ...part.broken];
        sum.unfinished += part.unfinished.length;
        Object.assign(sum, { checked: part.checked, total: part.total });
        after = part.nextCursor;
        setFound({ ...sum, isDone: after === null });
      }
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      toastProblem(problem);
    } finally {
      setBusy(false);
    }
  };
  return html`<${Card} title=${t("admin.verification")} actions=${html`<${Button} busy=${isBusy} onClick=${verify}>${t("admin.verify")}<//>`}>
    <p class="muted">${t("admin.verificationText")}</p>
    ${found && !found.isDone && html`<${Progress} label=${t("admin.verifying")} value=${found.checked} max=${found.total || 1} />`}
    <div role="status">${found?.isDone && html`<${Notice} tone=${found.broken.length ? "bad" : found.isWhole ? "good" : "warning"}>
      ${found.broken.length ? t("admin.broken") : found.isWhole && t("admin.whole", { count: found.entries })}
      ${found.unfinished > 0 && t("admin.unfinished", { count: found.unfinished })}
      ${found.broken.map((/** @type {any} */ chain) => html`<p><bdi class="strong">${chain.projectName ?? t("admin.instance")}</bdi></p>
        <ul>${chain.problems.map((/** @type {any} */ one) => html`<li>${told(one.message)}</li>`)}</ul>`)}<//>`}</div>
  <//>`;
}
