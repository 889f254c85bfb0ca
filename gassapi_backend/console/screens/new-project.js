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
    send: async (values, { key }) => {
      const address = await make(values, key);
      onClose();
      route(href(address));
    },
  });
  /** Make the project; return where to go then. @param {Record<string, any>} values @param {string} key */
  const make = async ({ name, description, start }, key) => {
    if (start === "demo") return `/projects/${(await post("/projects/demo", { name }, { key })).projectId}`;
    const brought = start === "file" ? file : null;
    const exported = brought && (await importedProject(brought, name, `${key}-file`));
    if (exported) return `/projects/${exported}`;
    const { project } = await post("/projects", { name, ...(description && { description }) }, { key });
    if (!brought) return `/projects/${project.id}`;
    passFile(brought);
    return `/projects/${project.id}/import`;
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

/** Import another server's project; return its id, or "" for a document of another tool. @param {File} file @param {string} name @param {string} key */
async function importedProject(file, name, key) {
  const body = new FormData();
  body.append("name", name);
  body.append("file", file, file.name);
  try {
    return (await upload("/projects/import", body, { key })).projectId;
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 400) return "";
    throw problem;
  }
}
