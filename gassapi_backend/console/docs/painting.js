// Colours of JSON, painted over its text: no elements are made for them, however long it is.

import { useEffect } from "../vendor.js";

const MOST = 50_000; // characters: what is after them stays as it is
const PARTS = /(?<name>"(?:[^"\\]|\\.)*")(?=\s*:)|(?<text>"(?:[^"\\]|\\.)*")|(?<number>-?\d[\d.eE+-]*)|(?<word>\b(?:true|false|null)\b)/g;

/** Where names, texts, numbers and words are in JSON: kind, beginning, end. @param {string} json @returns {[string, number, number][]} */
export const partsOfJson = (json) => [...json.slice(0, MOST).matchAll(PARTS)].map((found) => {
  const [kind] = Object.entries(found.groups ?? {}).find(([, text]) => text !== undefined) ?? ["text"];
  return [kind, found.index, found.index + found[0].length];
});

/** Paint the JSON within an element; a browser that cannot shows it as it is. @param {{current: HTMLElement | null}} place @param {string} json */
export function usePaint(place, json) {
  useEffect(() => {
    const text = place.current?.querySelector("code")?.firstChild;
    if (!text || !("highlights" in CSS)) return undefined;
    const painted = partsOfJson(json).map(([kind, from, to]) => {
      const name = `json-${kind}`;
      const layer = CSS.highlights.get(name) ?? new Highlight();
      CSS.highlights.set(name, layer);
      const range = new StaticRange({ startContainer: text, startOffset: from, endContainer: text, endOffset: to });
      layer.add(range);
      return () => layer.delete(range);
    });
    return () => painted.forEach((remove) => remove());
  }, [json]);
}
