// Small plots: the course of a figure, and its current value.

import { html } from "../vendor.js";
import { t } from "../texts.js";

const WIDTH = 240;
const HEIGHT = 48;

/**
 * A line over time, the newest on the right; gaps where nothing was measured.
 * @param {{label: string, values: (number | null)[], shown: (value: number) => string}} props
 */
export function Plot({ label, values, shown }) {
  const known = /** @type {number[]} */ (values.filter((value) => value !== null));
  const top = Math.max(...known, 0);
  const x = (/** @type {number} */ at) => (values.length > 1 ? (at / (values.length - 1)) * WIDTH : WIDTH);
  const y = (/** @type {number} */ value) => HEIGHT - 2 - (top ? (value / top) * (HEIGHT - 6) : 0);
  let isDown = false;
  const line = values.map((value, at) => {
    const step = value === null ? "" : `${isDown ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    isDown = value !== null;
    return step;
  }).join("");
  // Below the line, up to where it ends or pauses.
  const area = line.split("M").filter(Boolean).map((part) => {
    const ends = part.split("L").map((point) => point.split(" ")[0]);
    return `M${part}L${ends.at(-1)} ${HEIGHT}L${ends[0]} ${HEIGHT}Z`;
  }).join("");
  const now = known.at(-1);
  return html`<figure class="plot"><figcaption><span class="muted small">${label}</span><span class="strong">${now === undefined ? "–" : shown(now)}</span></figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true"><path class="area" d=${area} /><path d=${line} /></svg>
    <span class="small muted">${top ? t("admin.most", { value: shown(top) }) : ""}</span></figure>`;
}
