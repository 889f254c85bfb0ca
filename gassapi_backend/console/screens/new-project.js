// A new project: empty, from a file, or a demo.

import { html, useLocation, useState } from "../vendor.js";
import { post, Problem, upload } from "../api.js";
import { Dialog } from "../parts/dialogs.js";
import { Drop } from "../parts/files.js";
import { Area, Form, Input, Select, Submit, useForm } from "../parts/forms.js";
import { Button } from "../parts/shown.js";
import { passFile } from "../pending.js";
import { href } from "../place.js";
import { t } from "../texts.js";

/** @param {{onClose: () => void}} props */
export default function NewProject({ onClose }) {
  const { route } = useLocation();
  const [file, setFile] = useState(/** @type {File | null} */ (null));
  const form = useForm({
    name: "new-project",
    initial: { name: "", description: "", start: "empty" },
    check: ({ start }) => (start === "file" && !file ? { start: t("projects.noFile") } : {}),
    send: async ({ name, description, start }, { key }) => {
      const id = start === "demo" ? (await post("/projects/demo", { name }, { key })).projectId
        : (start === "file" && file && (await exported(file, name, key))) || (await empty(name, description, key));
      onClose();
      route(href(`/projects/${id}`));
      if (start === "file" && file && !wasExported) {
        passFile(file);
        route(href(`/projects/${id}/import`));
      }
    },
  });
  let wasExported = false;
  const empty = async (/** @type {string} */ name, /** @type {string} */ description, /** @type {string} */ key) => (
    await post("/projects", { name, ...(description && { description }) }, { key })).project.id;
  const exported = async (/** @type {File} */ document, /** @type {string} */ name, /** @type {string} */ key) => {
    const body = new FormData();
    body.append("name", name);
    body.append("file", document, document.name);
    try {
      const { projectId } = await upload("/projects/import", body, { key: `${key}-file` });
      wasExported = true;
      return projectId;
    } catch (problem) {
      if (problem instanceof Problem && problem.status === 400) return ""; // a document of another tool
      throw problem;
    }
  };
  const { start } = form.values.value;
  const cancel = html`<${Button} onClick=${onClose}>${t("common.cancel")}<//>`;
  return html`<${Dialog} title=${t("projects.new")} onClose=${onClose}>
    <${Form} form=${form}>
      <${Input} name="name" label=${t("common.name")} required minlength="2" maxlength="255" autofocus />
      <${Select} name="start" label=${t("projects.start")} options=${["empty", "file", "demo"].map((one) => [one, t(`projects.startWith.${one}`)])} />
      ${start === "file" && html`<${Drop} onFile=${setFile} />${file && html`<p><bdi class="strong">${file.name}</bdi></p>`}`}
      ${start === "empty" && html`<${Area} name="description" label=${t("projects.description")} maxlength="1000" />`}
      <${Submit} beside=${cancel}>${t("projects.make")}<//>
    <//>
  <//>`;
}
