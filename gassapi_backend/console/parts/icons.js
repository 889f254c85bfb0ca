// The console's icons: strokes on a 16 by 16 square.

import { html } from "../vendor.js";

const SHAPES = {
  alert: "M8 2 1.5 13.5h13L8 2Zm0 4.5v3.25m0 1.9v.1",
  arrow: "M3 8h10M9 4l4 4-4 4",
  check: "m3 8.5 3.2 3.2L13 4.8",
  chevron: "m5 6.5 3 3 3-3",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  cross: "m4 4 8 8m0-8-8 8",
  door: "M9.5 2.5h-6v11h6M7 8h7m-2.5-2.5L14 8l-2.5 2.5",
  download: "M8 2.5v8m-3-3 3 3 3-3m-8.5 6h11",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8Zm6.5 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  folder: "M1.5 3.5h4.5l1.5 2h7v7.5h-13z",
  gear: "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Zm0-8.7v2m0 9v2m6.5-6.5h-2m-9 0h-2m11.1-4.6-1.4 1.4m-6.4 6.4-1.4 1.4m0-9.2 1.4 1.4m6.4 6.4 1.4 1.4",
  globe: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm-6.5-6.5h13M8 1.5c2 2 2.7 4.2 2.7 6.5S10 12.5 8 14.5c-2-2-2.7-4.2-2.7-6.5S6 3.5 8 1.5Z",
  info: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm0-7v3.75m0-6.4v.1",
  keyboard: "M1.5 4h13v8h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M4.5 9.4h7",
  link: "M6.5 9.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2L8 3.8m1.5 2.7a3 3 0 0 0-4.2 0L2.9 8.9a3 3 0 0 0 4.2 4.2l.9-.9",
  lock: "M3.5 7h9v6.5h-9zM5.5 7V5a2.5 2.5 0 0 1 5 0v2",
  more: "M2.9 8h.7m4 0h.8m4 0h.7",
  people: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-4.5 6c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 7.3a2.2 2.2 0 1 0-.6-4.3m1.3 6.6c1.7.4 2.8 1.8 2.8 3.9",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6c0-2.8 2.5-4.5 5.5-4.5s5.5 1.7 5.5 4.5",
  plug: "M5.5 1.5v3m5-3v3m-7 0h9V7a4.5 4.5 0 0 1-9 0zM8 11.5v3",
  plus: "M8 3v10M3 8h10",
  pulse: "M1.5 8h3l2-5 3 10 2-5h3",
  search: "M7 12a5 5 0 1 0 0-10 5 5 0 0 0 0 10Zm3.6-1.4L14 14",
  trash: "M2.5 4.5h11m-8 0v-2h5v2m1.5 0-.6 9H4.6l-.6-9m2.7 2.5v4m2.6-4v4",
  upload: "M8 10.5v-8m-3 3 3-3 3 3m-8.5 8h11",
};

/** @typedef {keyof typeof SHAPES} IconName */

/** An icon beside words, or in a button that has a label. @param {{name: IconName}} props */
export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${SHAPES[name]} /></svg>`;
