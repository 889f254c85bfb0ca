// Tabs that are places: each has an address.

import { html, useLayoutEffect, useRef } from "../vendor.js";

/** On a narrow screen, the current one is moved into view. @param {{label: string, places: {title: string, href: string, isHere: boolean}[]}} props */
export function Places({ label, places }) {
  const bar = useRef(/** @type {HTMLElement | null} */ (null));
  const here = places.findIndex(({ isHere }) => isHere);
  useLayoutEffect(() => {
    const link = /** @type {HTMLElement | undefined} */ (bar.current?.children[here]);
    if (bar.current && link) bar.current.scrollLeft = link.offsetLeft + link.offsetWidth / 2 - bar.current.clientWidth / 2;
  }, [here]);
  return html`<nav class="tabs-nav" aria-label=${label} ref=${bar}>${places.map(({ title, href, isHere }) => html`
    <a href=${href} aria-current=${isHere ? "page" : undefined}>${title}</a>`)}</nav>`;
}
