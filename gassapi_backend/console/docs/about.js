// What is said about an operation: who may call it, its parameters, its body, its answers.

import { html, useState } from "../vendor.js";
import { callers } from "./operations.js";
import { flat, partsOf, resolved, rulesOf, typeOf } from "./schemas.js";

/** @typedef {import("../vendor.js").ComponentChildren} Children */

const TYPE = "application/json";
const EVERYWHERE = /^(x-request-id|ratelimit-.*)$/i; // headers that need no mention

/** Text with `code` in it. @param {string} [text] */
export const coded = (text = "") => text.split("`").map((piece, at) => (at % 2 ? html`<code>${piece}</code>` : piece));

/** The same with empty lines between paragraphs. @param {{text?: string}} props */
export const Prose = ({ text = "" }) => text.split(/\n\s*\n/).filter(Boolean).map((part) => html`<p class="prose">${coded(part)}</p>`);

/** A disclosure whose inside is made when it is first opened. @param {{summary: Children, inside: () => Children, isOpen?: boolean, kind?: string, onOpen?: () => void}} props */
export function Disclosure({ summary, inside, isOpen = false, kind = "", onOpen }) {
  const [isMade, setMade] = useState(isOpen);
  const toggle = (/** @type {any} */ { currentTarget, target }) => {
    if (target !== currentTarget || !currentTarget.open) return;
    setMade(true);
    onOpen?.();
  };
  return html`<details class=${kind} open=${isOpen} onToggle=${toggle}>
    <summary>${summary}</summary>${isMade && inside()}</details>`;
}

/** @param {{operation: import("./operations.js").Operation}} props */
export function About({ operation }) {
  const { description, parameters, requestBody: body, responses = {} } = operation;
  const who = callers(operation);
  return html`<div class="about">
    <${Prose} text=${description} />
    <h4>Who may call it</h4>
    ${who.length ? who.map(([name, ways]) => html`<p>${name}: ${ways.map((way, at) => html`${at ? " or " : ""}<code>${way}</code>`)}</p>`) : html`<p>Anyone.</p>`}
    ${parameters.length > 0 && html`<h4>Parameters</h4><ul class="fields">${parameters.map((parameter) => {
      const schema = { ...flat(parameter.schema) };
      schema.description = parameter.description ?? schema.description;
      return html`<li><${Line} name=${parameter.name} schema=${schema} type=${`${typeOf(schema)}, in the ${parameter.in}`} note=${parameter.required && "required"} /></li>`;
    })}</ul>`}
    ${body && html`<h4>${body.required ? "Body" : "Body, may be left out"}</h4><${Content} content=${body.content} />`}
    <h4>Answers</h4>
    ${Object.entries(responses).map(([status, response]) => html`<${Answer} status=${status} response=${resolved(response)} />`)}
  </div>`;
}

/** @param {{status: string, response: any}} props */
function Answer({ status, response: { description = "", headers = {}, content } }) {
  const [meaning] = description.split("\n\n");
  const reasons = [...description.matchAll(/^- `(\w+)`: (.*)$/gm)];
  const special = Object.keys(headers).filter((name) => !EVERYWHERE.test(name));
  const line = html`<span class="status s${status[0]}">${status}</span> ${coded(meaning)}${special.map((name) => html` <code>${name}</code>`)}`;
  if (!content) return html`<p class="response">${line}</p>`;
  return html`<${Disclosure} kind="response" summary=${line} isOpen=${status < "300"} inside=${() => html`
    ${reasons.length > 0 && html`<ul class="fields">${reasons.map(([, name, when]) => html`<li><code class="strong">${name}</code> ${coded(when)}</li>`)}</ul>`}
    <${Content} content=${content} isAnswer />`} />`;
}

/** @param {{content: Record<string, any>, isAnswer?: boolean}} props */
const Content = ({ content, isAnswer }) => Object.entries(content ?? {}).map(([type, media]) => {
  const schema = flat(media.schema);
  return html`${type !== TYPE && html`<p><code>${type}</code></p>`}
    ${partsOf(schema).length ? html`<${Fields} schema=${schema} isAnswer=${isAnswer} isTop />` : html`<${Line} schema=${schema} type=${typeOf(schema)} />`}`;
});

/** @param {{schema: import("./schemas.js").Schema, isAnswer?: boolean, isTop?: boolean}} props @returns {any} */
const Fields = ({ schema, isAnswer, isTop }) => html`<ul class="fields">${partsOf(schema).map(([name, part, isRequired]) => {
  const note = isAnswer ? isRequired === false && "optional" : isRequired && "required";
  const line = html`<${Line} name=${name} schema=${part} type=${typeOf(part)} note=${note} />`;
  return html`<li>${partsOf(part).length ? html`<${Disclosure} summary=${line} isOpen=${isTop} inside=${() => html`<${Fields} schema=${part} isAnswer=${isAnswer} />`} />` : line}</li>`;
})}</ul>`;

/** @param {{name?: string, schema: import("./schemas.js").Schema, type: string, note?: string | false}} props */
const Line = ({ name, schema, type, note }) => html`<span class="line">
  ${name && html`<code class="strong">${name}</code>`}<span class="small muted">${type}</span>${note && html`<span class="small ${note}">${note}</span>`}
  <span class="small muted">${rulesOf(schema)}</span>${schema.description && html`<span class="said">${coded(schema.description)}</span>`}</span>`;
