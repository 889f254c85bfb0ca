// Files: downloads from the server, and uploads to it.

import { html, useId, useState } from "../vendor.js";
import { t } from "../texts.js";
import { Icon } from "./icons.js";

/**
 * Have the browser save an answer of the API as a file, by the name that the server gives it.
 * @param {Response} response
 * @param {string} name used if the server gives none
 */
export async function saveAnswer(response, name) {
  const told = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const plain = /filename="([^"]+)"/i.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: told ? decodeURIComponent(told) : plain ?? name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A place to drop a file on, or to choose one with. @param {{onFile: (file: File) => void}} props */
export function Drop({ onFile }) {
  const [isOver, setOver] = useState(false);
  const id = useId();
  const drop = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  };
  const over = (/** @type {DragEvent} */ event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`<div class="drop ${isOver ? "over" : ""}" onDragOver=${over} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <${Icon} name="upload" /><label for=${id}>${t("import.drop")}</label>
    <input id=${id} type="file" onChange=${(/** @type {any} */ { currentTarget }) => currentTarget.files[0] && onFile(currentTarget.files[0])} />
    <p class="small muted">${t("import.formats")}</p>
  </div>`;
}
