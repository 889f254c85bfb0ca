// Importing documents of other tools, with a preview before anything is written, and exporting.

import { html, useEffect, useRef, useState } from "../vendor.js";
import { get, newKey, Problem, send, upload, withQuery } from "../api.js";
import { toastProblem } from "../parts/dialogs.js";
import { Drop, saveAnswer } from "../parts/files.js";
import { Check, Form, Select, Submit, useForm } from "../parts/forms.js";
import { Shown, useLoaded } from "../parts/pages.js";
import { Badge, Button, Card, Code, Notice, Progress, Table } from "../parts/shown.js";
import { Icon } from "../parts/icons.js";
import { takeFile } from "../pending.js";
import { href } from "../place.js";
import { ProjectFrame } from "../project.js";
import { loadSaid, number, said, size, t } from "../texts.js";

const SHOWN_LINES = 200;
const FORMATS = ["postman", "openapi", "insomnia", "opencollection", "har", "curl", "http"];
/** @type {Record<string, string>} */
const NAMES = {
  bruno: "Bruno", curl: "cURL", dotenv: ".env", gassapi: "GassAPI", har: "HAR", hoppscotch: "Hoppscotch", http: ".http",
  insomnia: "Insomnia", openapi: "OpenAPI", opencollection: "OpenCollection", postman: "Postman", swagger: "Swagger",
};
/** @type {Record<string, "good" | "warning" | "bad" | "">} */
const TONES = { created: "good", updated: "good", renamed: "warning", gone: "warning", skipped: "bad", conflict: "bad" };

/** @param {{params: {project: string}}} props */
export default function Import({ params }) {
  return html`<${ProjectFrame} id=${params.project} tab="import.tab">${(/** @type {any} */ { project }) => html`
    ${project.userRole ? html`<${Bringing} key=${project.id} project=${project} />` : html`<${Notice}>${t("import.membersOnly")}<//>`}
    <${Taking} project=${project} />`}<//>`;
}

/** `into` is the collection to merge into; the one that the document became, if it is empty. @typedef {{mode: string, into: string, prefer: string, prune: boolean}} Choice */

/** @param {{project: any}} props */
function Bringing({ project }) {
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const [choice, setChoice] = useState(/** @type {Choice} */ ({ mode: "new", into: "", prefer: "ours", prune: false }));
  const [share, setShare] = useState(/** @type {number | null} */ (null));
  const [report, setReport] = useState(/** @type {any} */ (null));
  const [problem, setProblem] = useState(/** @type {Problem | null} */ (null));
  const sending = useRef(/** @type {AbortController | null} */ (null));
  const key = useRef(newKey()); // of one import, however often it is sent

  /** @param {File} document @param {Choice} how @param {boolean} isDry */
  async function run(document, how, isDry) {
    if (isDry) key.current = newKey();
    sending.current?.abort();
    const aborting = new AbortController();
    sending.current = aborting;
    const form = new FormData();
    const fields = { projectId: project.id, mode: how.mode, dryRun: isDry, ...(how.mode === "merge" && { prefer: how.prefer, prune: how.prune, ...(how.into && { collectionId: how.into }) }) };
    for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
    form.append("file", document, document.name);
    setProblem(null);
    setShare(0);
    const words = loadSaid("reports");
    try {
      const found = await upload("/collections/import", form, { signal: aborting.signal, key: isDry ? undefined : key.current, onProgress: setShare });
      await words;
      setReport(found);
    } catch (refusal) {
      if (aborting.signal.aborted) return;
      if (!(refusal instanceof Problem)) throw refusal;
      await words;
      const isUnknown = refusal.status === 0 || refusal.status >= 500; // it may have been done: with its key, it is not done twice
      if (isDry || !isUnknown) setReport(null);
      setProblem(refusal);
    }
    setShare(null);
  }
  const take = (/** @type {File} */ document) => {
    setFile(document);
    run(document, choice, true);
  };
  const choose = (/** @type {Partial<Choice>} */ changes) => {
    const next = { ...choice, ...changes };
    setChoice(next);
    if (file) run(file, next, true);
  };
  const leave = () => {
    sending.current?.abort();
    setFile(null);
    setReport(null);
    setProblem(null);
    setShare(null);
  };
  useEffect(() => {
    const brought = takeFile();
    if (brought) take(brought);
    return () => sending.current?.abort();
  }, []);

  const isDone = report && !report.dryRun;
  return html`<${Card} title=${t("import.title")}>
    <p class="muted">${t("import.text")}</p>
    ${!file && html`<${Drop} onFile=${take} />`}
    ${file && html`<div class="row apart"><span class="row"><${Icon} name="folder" /><bdi class="strong">${file.name}</bdi><span class="muted">${size(file.size)}</span></span>
      <${Button} onClick=${leave}>${t(isDone ? "import.another" : "common.cancel")}<//></div>`}
    ${file && !isDone && html`<${How} project=${project} choice=${choice} onChoose=${choose} />`}
    ${share !== null && html`<${Progress} label=${t(share < 1 ? "import.sending" : "import.reading")} value=${share < 1 ? share : undefined} />`}
    <div role="alert">${problem && html`<${Notice} tone="bad" actions=${!report && file && html`<${Button} onClick=${() => run(file, choice, true)}>${t("common.again")}<//>`}>
      ${[...new Set([problem.sentence, ...problem.fields.map(({ reason }) => reason)])].join(" ")}<//>`}</div>
    ${report && share === null && html`<${Report} report=${report} />`}
    ${report?.dryRun && share === null && html`<div class="row actions"><${Button} kind="primary" icon="upload" onClick=${() => file && run(file, choice, false)}>${t("import.act")}<//></div>`}
    ${isDone && report.collectionId && html`<div class="row"><a class="button" href=${href(`/projects/${project.id}`)}>${t("import.look")}</a></div>`}
  <//>`;
}

/** @param {{project: any, choice: Choice, onChoose: (changes: Partial<Choice>) => void}} props */
function How({ project, choice, onChoose }) {
  const radio = (/** @type {string} */ mode) => html`<label class="row"><input type="radio" name="mode" value=${mode} checked=${choice.mode === mode}
    onChange=${() => onChoose({ mode })} /><span>${t(`import.mode.${mode}`)}</span></label>`;
  return html`<fieldset class="stack"><legend class="strong">${t("import.how")}</legend>
    ${radio("new")}${radio("merge")}
    ${choice.mode === "merge" && html`<${Into} project=${project} into=${choice.into} onChoose=${onChoose} />
      <label class="row"><input type="checkbox" checked=${choice.prefer === "source"} onChange=${(/** @type {any} */ { currentTarget }) => onChoose({ prefer: currentTarget.checked ? "source" : "ours" })} /><span>${t("import.preferSource")}</span></label>
      <label class="row"><input type="checkbox" checked=${choice.prune} onChange=${(/** @type {any} */ { currentTarget }) => onChoose({ prune: currentTarget.checked })} /><span>${t("import.prune")}</span></label>`}
  </fieldset>`;
}

/** The collection that a document is merged into. @param {{project: any, into: string, onChoose: (changes: Partial<Choice>) => void}} props */
function Into({ project, into, onChoose }) {
  const loaded = useLoaded((signal) => get(`/projects/${project.id}/collections`, { signal }), [project.id]);
  return html`<${Shown} loaded=${loaded}>${(/** @type {any} */ { collections }) => html`<div class="field">
    <label for="into">${t("import.into")}</label>
    <select id="into" value=${into} onChange=${(/** @type {any} */ { currentTarget }) => onChoose({ into: currentTarget.value })}>
      <option value="">${t("import.intoSame")}</option>
      ${collections.map((/** @type {any} */ { id, name }) => html`<option value=${id} selected=${id === into}>${name}</option>`)}
    </select></div>`}<//>`;
}

/** @param {{report: any}} props */
function Report({ report }) {
  const { imported, updated, unchanged, kept, skipped, conflicts, dryRun, format, version } = report;
  const figures = [...Object.entries(imported), ["updated", updated], ["unchanged", unchanged], ["kept", kept], ["skipped", skipped], ["conflicts", conflicts]];
  const both = report.report.filter((/** @type {any} */ line) => line.what === "conflict");
  const told = report.report.filter((/** @type {any} */ line) => line.what !== "conflict" && !(line.what === "created" && !line.reason));
  return html`<div class="stack" role="status">
    <${Notice} tone=${dryRun ? "" : "good"}>${t(dryRun ? "import.dry" : "import.done", { format: `${NAMES[format] ?? format} ${version}`.trim() })}<//>
    <dl class="figures">${figures.filter(([, count]) => count).map(([what, count]) => html`<div><dt>${t(`import.count.${what}`)}</dt><dd>${number(count)}</dd></div>`)}</dl>
    ${both.length > 0 && html`<div class="stack"><h3>${t("import.conflicts")}</h3>${both.slice(0, SHOWN_LINES).map((/** @type {any} */ line) => html`<${Conflict} line=${line} />`)}</div>`}
    ${told.length > 0 && html`<${Table} label=${t("import.report")} rows=${told.slice(0, SHOWN_LINES).map((/** @type {any} */ line, /** @type {number} */ at) => ({ ...line, at }))} keyOf=${(/** @type {any} */ line) => line.at} columns=${[
      { title: t("import.what"), shown: (/** @type {any} */ { what }) => html`<${Badge} tone=${TONES[what] ?? ""}>${t(`import.is.${what}`)}<//>` },
      { title: t("common.name"), isHead: true, shown: (/** @type {any} */ { name }) => html`<bdi>${name}</bdi>` },
      { title: t("import.reason"), isWide: true, shown: (/** @type {any} */ { reason }) => html`<bdi>${said(reason, "", "reports")}</bdi>` },
      { title: t("import.where"), shown: (/** @type {any} */ { pointer }) => html`<code class="small">${said(pointer, "", "reports")}</code>` },
    ]} />`}
    ${(report.reportTruncated || told.length > SHOWN_LINES) && html`<p class="muted">${t("import.more")}</p>`}
  </div>`;
}

/** Both values side by side. @param {{line: any}} props */
function Conflict({ line }) {
  const text = (/** @type {unknown} */ value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "");
  return html`<div class="conflict"><p><bdi class="strong">${line.name}</bdi> <code>${line.field}</code></p>
    <div class="both"><div><h4>${t("import.ours")}</h4><${Code} text=${text(line.ours)} label=${t("import.ours")} /></div>
    <div><h4>${t("import.source")}</h4><${Code} text=${text(line.source)} label=${t("import.source")} /></div></div></div>`;
}

/** @param {{project: any}} props */
function Taking({ project }) {
  const path = `/projects/${project.id}`;
  const loaded = useLoaded(async (signal) => {
    const { collections } = await get(`${path}/collections`, { signal });
    const { environments } = await get(`${path}/environments`, { signal });
    return { collections, environments };
  }, [path, project.revision]);
  return html`<${Card} title=${t("import.take")}>
    <${Shown} loaded=${loaded}>${(/** @type {any} */ found) => html`<${Take} project=${project} ...${found} />`}<//>
  <//>`;
}

/** @param {{project: any, collections: any[], environments: any[]}} props */
function Take({ project, collections, environments }) {
  const form = useForm({
    initial: { what: "project", format: "postman", environmentFormat: "postman", reveal: false },
    send: async ({ what, format, environmentFormat, reveal }) => {
      const [kind, id] = what.split(":");
      const revealing = reveal ? { reveal: true } : {};
      const path = kind === "project" ? withQuery(`/projects/${project.id}/export`, revealing)
        : kind === "collection" ? withQuery(`/collections/${id}/export`, { format, ...revealing })
          : withQuery(`/environments/${id}/export`, { format: environmentFormat, ...revealing });
      await saveAnswer(await send("GET", path), "export.json").catch(toastProblem);
    },
  });
  const kind = form.values.value.what.split(":")[0];
  const options = [["project", t("import.whole")],
    ...collections.map(({ id, name }) => [`collection:${id}`, t("import.collection", { name })]),
    ...environments.map(({ id, name }) => [`environment:${id}`, t("import.environment", { name })])];
  return html`<${Form} form=${form}>
    <${Select} name="what" label=${t("import.takeWhat")} options=${options} />
    ${kind === "collection" && html`<${Select} name="format" label=${t("import.format")} options=${FORMATS.map((one) => [one, t(`import.of.${one}`)])} />`}
    ${kind === "environment" && html`<${Select} name="environmentFormat" label=${t("import.format")} options=${["postman", "insomnia", "dotenv"].map((one) => [one, t(`import.of.${one}`)])} />`}
    ${project.userRole && html`<${Check} name="reveal" label=${t("import.reveal")} hint=${t("import.revealHint")} />`}
    <${Submit}>${t("import.download")}<//>
  <//>`;
}
