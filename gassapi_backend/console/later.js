// Parts that are loaded when they are needed, although the server may be away or newer by then.

import { html, lazy } from "./vendor.js";
import { lookForUpgrade, whenThere } from "./api.js";
import { Dialog } from "./parts/dialogs.js";
import { Button } from "./parts/shown.js";
import { ROUTES } from "./routes.js";
import { t } from "./texts.js";

/** @typedef {() => Promise<{default: any}>} Load */

const TURNS = 3; // how often a server that is there is asked again
const QUIET_MS = 5000;

/** Load a module, once the server is there; undefined if it has newer ones. @param {Load} load */
async function loaded(load) {
  for (let turn = 1; ; turn += 1) {
    try {
      return await load();
    } catch (error) {
      if (await lookForUpgrade()) return undefined;
      if (turn === TURNS) throw error;
      await whenThere();
    }
  }
}

/** A screen: if the server has newer ones, the whole page is loaded anew at its address. @param {Load} load */
export const laterScreen = (load) => lazy(async () => {
  const found = await loaded(load);
  if (found) return found;
  location.reload();
  return { default: () => null };
});

/** What appears over the page: if the server has newer ones, it says so, and what was typed stays. @param {Load} load */
export const later = (load) => lazy(async () => (await loaded(load)) ?? { default: Upgraded });

/** @param {{onClose: () => void}} props */
const Upgraded = ({ onClose }) => html`<${Dialog} title=${t("frame.upgradedTitle")} onClose=${onClose}>
  <p>${t("frame.upgraded")}</p>
  <div class="row actions"><${Button} kind="primary" onClick=${() => location.reload()}>${t("frame.reload")}<//></div><//>`;

/** Load the other screens while nothing happens: then an upgrade of the server takes none away. @param {Load[]} others */
export function loadQuietly(others) {
  if (/** @type {any} */ (navigator).connection?.saveData) return;
  setTimeout(async () => {
    for (const load of [...ROUTES.map(({ screen }) => screen), ...others]) await load().catch(() => {});
  }, QUIET_MS);
}
