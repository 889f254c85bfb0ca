// Trying an operation: what is typed in, sent from the page or as a sample for other programs.

import { html, signal, useEffect, useRef, useState } from "../vendor.js";
import { refresh } from "../api.js";
import { Area, Form, Input, Select, Submit, useForm } from "../parts/forms.js";
import { Button, Code, Tabs } from "../parts/shown.js";
import { ROOT } from "../place.js";
import { me } from "../session.js";
import { needsToken } from "./operations.js";
import { usePaint } from "./painting.js";
import { SAMPLES } from "./samples.js";
import { example, flat, isUuid } from "./schemas.js";

const TYPE = "application/json";
const SERVER = location.origin + ROOT.slice(0, -1);
const HEADERS = [
  "content-type", "content-disposition", "location", "etag", "www-authenticate", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "x-request-id",
];
const SHOWN = 200_000; // characters of an answer

/** A token that requests carry: in memory only, gone when the page is. */
export const token = signal("");
/** Ids that were typed in, by the name of their field: each is offered wherever one of that name is asked for. */
const ids = signal(/** @type {Record<string, string>} */ ({}));

const keyOf = (/** @type {string} */ name) => name.toLowerCase().replaceAll("_", "");
const idOf = (/** @type {string} */ name) => ids.value[keyOf(name)] ?? "";

/** @param {{operation: import("./operations.js").Operation}} props */
export function Trying({ operation }) {
  const { method, path, parameters, requestBody } = operation;
  const media = requestBody?.content?.[TYPE];
  const [answer, setAnswer] = useState(/** @type {any} */ (null));
  const running = useRef(/** @type {AbortController | null} */ (null));
  const bodyOf = (/** @type {boolean} */ isFull) => JSON.stringify(isFull && media.example
    ? Object.fromEntries(Object.entries(media.example).map(([name, value]) => [name, idOf(name) || value]))
    : example(flat(media.schema), { isFull, idOf }), null, 2);
  const named = Object.fromEntries(parameters.filter(({ name }) => /id$/i.test(name)).map(({ name, in: place }) => [`${place}-${name}`, idOf(name)]));
  const form = useForm({
    initial: { ...named, body: media ? bodyOf(true) : "" },
    check: ({ body = "" }) => ({ body: whyNotJson(body) }),
    send: async (values) => {
      running.current = new AbortController();
      const taken = parameters.filter(({ name, in: place }) => /id$/i.test(name) && values[`${place}-${name}`]);
      ids.value = { ...ids.value, ...Object.fromEntries(taken.map(({ name, in: place }) => [keyOf(name), values[`${place}-${name}`]])) };
      await exchange(asked(operation, values), running.current.signal, setAnswer);
    },
  });
  const stop = html`<${Button} onClick=${() => running.current?.abort()}>Stop<//>`;
  const values = form.values.value;
  const isOpen = needsToken(operation) && !token.value; // the token is for whoever sends it
  return html`<div class="try stack">
    <${Form} form=${form} autocomplete="off" aria-label=${`Try ${method} ${path}`}>
      <h4>Try it</h4>
      ${parameters.map((parameter) => html`<${Parameter} parameter=${parameter} />`)}
      ${media && html`<${Area} name="body" label="Body" hint="JSON" spellcheck=${false} rows=${Math.min(18, values.body.split("\n").length + 1)} />
        <div class="row"><${Button} kind="quiet" onClick=${() => form.set("body", bodyOf(true))}>Example<//>
        <${Button} kind="quiet" onClick=${() => form.set("body", bodyOf(false))}>Required fields<//></div>`}
      ${requestBody && !media && html`<p>This body can only be sent with another program.</p>`}
      <${Submit} beside=${form.isBusy.value && stop}>Send<//>
    <//>
    ${answer && html`<${Shown} answer=${answer} />`}
    <${Tabs} label="The request, for other programs" tabs=${Object.entries(SAMPLES).map(([language, write]) => ({
      key: language,
      title: language,
      shown: () => html`${isOpen && html`<p class="small muted">Its token is that of <code>POST /auth/login</code>, or one of <code>POST /mcp/tokens</code>.</p>`}<${Code} label=${`The request in ${language}`} text=${write(asked(operation, values), isOpen)} />`,
    }))} />
  </div>`;
}

/** @param {{parameter: any}} props */
function Parameter({ parameter: { name, in: place, required, schema: rule, example: sample } }) {
  const schema = flat(rule);
  const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
  const shared = { name: `${place}-${name}`, label: name, hint: required ? `${place}, required` : place, required };
  if (choices) return html`<${Select} ...${shared} options=${[["", "not set"], ...choices.map((/** @type {any} */ value) => [String(value), String(value)])]} />`;
  return html`<${Input} ...${shared} spellcheck=${false} autocapitalize="off" placeholder=${schema.default ?? (isUuid(schema) ? "UUID" : sample)} />`;
}

/** @param {string} body */
function whyNotJson(body) {
  try {
    if (body.trim()) JSON.parse(body);
    return "";
  } catch (error) {
    return `This is not JSON: ${/** @type {Error} */ (error).message}`;
  }
}

/** The request as it is typed in. @param {import("./operations.js").Operation} operation @param {Record<string, any>} values @returns {import("./samples.js").Asked} */
function asked(operation, values) {
  const query = new URLSearchParams();
  /** @type {Record<string, string>} */
  const headers = {};
  if (needsToken(operation) && token.value) {
    if (token.value.startsWith("gass_")) headers["X-MCP-Token"] = token.value;
    else headers.Authorization = `Bearer ${token.value}`;
  }
  let address = operation.path;
  for (const { name, in: place } of operation.parameters) {
    const value = String(values[`${place}-${name}`] ?? "").trim();
    if (place === "path" && value) address = address.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && place === "query") query.append(name, value);
    else if (value && place === "header") headers[name] = value;
  }
  const body = values.body?.trim() || undefined;
  if (body) headers["Content-Type"] = TYPE;
  return { url: SERVER + address + (String(query) && `?${query}`), method: operation.method, headers, body };
}

/**
 * Send a request and tell the answer as it comes in: it may be a stream without an end.
 * @param {import("./samples.js").Asked} request @param {AbortSignal} signal @param {(answer: any) => void} tell
 */
async function exchange({ url, ...request }, signal, tell) {
  const started = performance.now();
  const isMine = Boolean(me.value) && !token.value;
  const send = () => fetch(url, { ...request, signal, cache: "no-store", credentials: isMine ? "same-origin" : "omit" });
  let found = { text: "", end: "Waiting …" };
  tell(found);
  try {
    let response = await send();
    if (response.status === 401 && isMine && (await refresh())) response = await send();
    const isStream = /^text\/event-stream/.test(response.headers.get("content-type") ?? "");
    found = { ...found, ...{ response, end: "" } };
    const reader = response.body?.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
    for (let part; reader && !(part = await reader.read()).done;) {
      found = { ...found, text: isStream ? (found.text + part.value).slice(-SHOWN) : found.text + part.value };
      if (isStream) tell(found);
    }
  } catch (error) {
    found = { ...found, end: signal.aborted ? ", stopped" : `, no (whole) answer: ${/** @type {Error} */ (error).message}` };
  }
  tell({ ...found, end: `, ${Math.round(performance.now() - started)} ms, ${found.text.length} characters${found.end}` });
}

/** @param {{answer: {response?: Response, text: string, end: string}}} props */
function Shown({ answer: { response, text, end } }) {
  const value = parsed(text);
  const given = value?.tokens?.accessToken ?? value?.token;
  const whole = value === undefined ? text : JSON.stringify(value, null, 2);
  const shown = whole.slice(0, SHOWN) + (whole.length > SHOWN ? "\n… and more" : "");
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const all = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    if (response) all.current?.scrollIntoView({ block: "nearest" });
  }, [response]);
  usePaint(place, value === undefined ? "" : shown);
  const names = response ? HEADERS.filter((name) => response.headers.has(name)) : [];
  return html`<div class="stack" ref=${all}>
    <p role="status">${response && html`<span class="status s${Math.floor(response.status / 100)}">${response.status} ${response.statusText}</span>
      ${response.redirected && `, from ${new URL(response.url).pathname}`}`}${end}</p>
    ${names.length > 0 && html`<dl class="small">${names.map((name) => html`<dt>${name}</dt><dd>${response?.headers.get(name)}</dd>`)}</dl>`}
    ${whole && html`<div ref=${place}><${Code} label="Body of the answer" text=${shown} /></div>`}
    ${typeof given === "string" && html`<div class="row"><${Button} onClick=${() => { token.value = given; }}>Use this token from now on<//></div>`}
  </div>`;
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // shown as it came
  }
}
