"use strict";
// Shows the server's OpenAPI document and sends requests from the page.
// Everything from the document or an answer enters the page as text, never as markup.

const BASE = "/api/v1";
const SERVER = location.origin // with the path under which a proxy has the server, if any
  + location.pathname.replace(/(\/api\/v1)?\/docs$/, "");
const TYPE = "application/json";
const ELSEWHERE = `Outside ${BASE}`;
const WHO = { accessToken: "Signed in", accessCookie: "Signed in", mcpToken: "MCP token",
  mcpBearer: "MCP token", refreshToken: "Refresh token", refreshCookie: "Refresh token" };
const HEADERS = ["content-type", "content-disposition", "location", "etag", "www-authenticate",
  "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "x-request-id"];
const EVERYWHERE = /^(x-request-id|ratelimit-.*)$/i; // headers that need no mention
const NOT_BLANK = "\\S"; // the pattern of a text with something to see in it
const SHOWN = 200_000; // characters of an answer

let spec = {};
let token = ""; // in memory only: gone when the page is
let isSignedIn = false; // the token is from the form here
let session = ""; // whose session this browser has, if any: then requests carry its cookies
const operations = new Map(); // by id
const ids = new Map(); // what was typed into the inputs that take the same id, by its name

const byId = (id) => document.getElementById(id);

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

const code = (text, name) => el("code", { class: name }, text);
const span = (name, ...inside) => el("span", { class: name }, inside);
const button = (text, click, name) => el("button", { type: "button", click, class: name }, text);

/** A part of the document that may stand elsewhere in it. */
function resolve(part) {
  if (!part.$ref) return part;
  return part.$ref.split("/").slice(1).reduce((place, name) => place?.[name], spec) ?? {};
}

/** Text with `code` in it. */
const coded = (text) => text.split("`").map((piece, at) => (at % 2 ? code(piece) : piece));

/** The same with empty lines between paragraphs. */
const prose = (text, tag = "p") => (text ?? "").split(/\n\s*\n/).filter(Boolean)
  .map((part) => el(tag, { class: "prose" }, coded(part)));

/** A disclosure whose inside is built when it is first opened. */
function disclosure(attributes, summary, build, isOpen = false) {
  const node = el("details", attributes, el("summary", null, summary));
  let isBuilt = false;
  node.show = () => {
    if (!isBuilt) node.append(...[build()].flat(Infinity).filter(Boolean));
    isBuilt = node.open = true;
  };
  node.addEventListener("toggle", () => node.open && node.show());
  if (isOpen) node.show();
  return node;
}

// ---- Schemas

/** A schema without references: `options` are its alternatives, `nullable` whether null is one. */
function flat(schema, depth = 0) {
  const found = { properties: {}, required: [] };
  if (typeof schema !== "object" || schema === null || depth > 20) return found;
  const merge = ({ properties, required, ...rest }) => {
    Object.assign(found, rest);
    Object.assign(found.properties, properties);
    found.required.push(...(required ?? []));
  };
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  if ($ref) {
    const name = $ref.split("/").pop();
    merge({ name, ...flat(spec.components?.schemas?.[name], depth + 1) });
  }
  for (const part of allOf ?? []) merge(flat(part, depth + 1));
  const all = (anyOf ?? oneOf ?? []).map((option) => flat(option, depth + 1));
  const options = all.filter((option) => option.type !== "null");
  if (options.length === 1) merge(options[0]);
  else if (options.length) found.options = options;
  merge(own);
  if (options.length < all.length) found.nullable = true;
  return found;
}

const isUuid = ({ format, pattern }) => format === "uuid" || /^\^\[0-9a-f\]\{8\}-/.test(pattern);

function typeOf(schema) {
  let type = schema.type ?? (Object.keys(schema.properties).length ? "object" : "anything");
  if (schema.options) type = [...new Set(schema.options.map(typeOf))].join(" or ");
  else if ("const" in schema) type = JSON.stringify(schema.const);
  else if (type === "array") type = `list of ${typeOf(flat(schema.items))}`;
  else if (isUuid(schema)) type = "UUID";
  else if (type === "object" && schema.name) type = schema.name;
  else if (schema.format) type += ` (${schema.format})`;
  return schema.nullable ? `${type} or null` : type;
}

function rulesOf(schema) {
  const between = (least, most, unit) =>
    least != null && most != null ? `${least} to ${most}${unit}`
      : least != null ? `at least ${least}${unit}` : most != null && `at most ${most}${unit}`;
  const choices = schema.enum ?? (schema.type === "array" && flat(schema.items).enum);
  return [
    choices && ["one of ", choices.map((value, at) => [at ? ", " : "", code(String(value))])],
    between(schema.minLength, schema.maxLength, " characters"),
    between(schema.minimum, schema.maximum, ""),
    between(schema.minItems, schema.maxItems, " items"),
    schema.pattern === NOT_BLANK ? "not blank"
      : schema.pattern && !isUuid(schema) && ["matches ", code(schema.pattern)],
    schema.default != null && ["default ", code(JSON.stringify(schema.default))],
    schema.additionalProperties === true && "any fields",
  ].filter(Boolean);
}

/** An alternative is known by the fields that it needs. */
const optionName = ({ required }, at) =>
  required.length ? `with ${required.join(", ")}` : `option ${at + 1}`;

/** What is inside a flat schema: `[name, schema, isRequired]` of each part. */
function partsOf(schema) {
  if (schema.options) {
    return schema.options.some((option) => partsOf(option).length)
      ? schema.options.map((option, at) => [optionName(option, at), option]) : [];
  }
  if (schema.type === "array") return partsOf(flat(schema.items));
  const parts = Object.entries(schema.properties)
    .filter(([, part]) => !part.not) // a field that must not be there
    .map(([name, part]) => [name, flat(part), schema.required.includes(name)]);
  const rest = schema.additionalProperties;
  return typeof rest === "object" ? [...parts, ["(any name)", flat(rest)]] : parts;
}

const fieldList = (schema, isAnswer, depth = 0) => el("ul", { class: "fields" },
  partsOf(schema).map(([name, part, isRequired]) => {
    const note = isAnswer ? isRequired === false && "optional" : isRequired && "required";
    const line = fieldLine(name, part, typeOf(part), note);
    return el("li", null, partsOf(part).length
      ? disclosure(null, line, () => fieldList(part, isAnswer, depth + 1), !depth) : line);
  }));

const fieldLine = (name, schema, type, note) => span("field",
  name && code(name, "name"), span("type", type), note && span(note, note),
  span("rule", rulesOf(schema).map((rule, at) => [at ? ", " : "", rule])),
  prose(schema.description, "span"));

function contentView(content = {}, isAnswer = false) {
  return Object.entries(content).map(([type, media]) => {
    const schema = flat(media.schema);
    return [
      type !== TYPE && el("p", null, code(type)),
      partsOf(schema).length ? fieldList(schema, isAnswer) : fieldLine("", schema, typeOf(schema)),
    ];
  });
}

/** A value that keeps to a schema; `isFull`: with the fields that may be left out. */
function example(schema, isFull, name = "", depth = 0) {
  if ("const" in schema) return schema.const;
  if (schema.default != null) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.type === "null" || (schema.nullable && depth)) return null;
  if (schema.options) return example(schema.options[0], isFull, name, depth);
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "string") return exampleText(schema, name);
  if (schema.type === "array") {
    return depth > 3 ? [] : [example(flat(schema.items), isFull, name, depth + 1)];
  }
  const names = depth > 4 ? [] : Object.keys(schema.properties);
  let wanted = isFull ? names : names.filter((key) => schema.required.includes(key));
  if (!wanted.length && !depth) wanted = names.slice(0, 1);
  return Object.fromEntries(wanted.map((key) =>
    [key, example(flat(schema.properties[key]), isFull, key, depth + 1)]));
}

function exampleText(schema, name) {
  if (isUuid(schema)) return sharedId(name).value || "00000000-0000-7000-8000-000000000000";
  const text = {
    email: "user@example.com", password: "your password", uri: location.origin,
    date: "2030-01-31", "date-time": "2030-01-31T12:00:00.000Z",
  }[schema.format ?? name] ?? "example";
  return text.padEnd(schema.minLength ?? 0, "x").slice(0, schema.maxLength);
}

/** The example of a body, with the ids that were typed in already. */
const withSharedIds = (body) => Object.fromEntries(Object.entries(body).map(([name, value]) =>
  [name, ids.get(name.toLowerCase())?.value || value]));

/** An id typed once is offered wherever one of that name is asked for. */
function sharedId(name) {
  const key = name.toLowerCase().replaceAll("_", "");
  if (!ids.has(key)) ids.set(key, { value: "", inputs: [] });
  return ids.get(key);
}

function share(input, name) {
  const id = sharedId(name);
  id.inputs.push(input);
  input.value = id.value;
  input.addEventListener("input", () => {
    for (const other of id.inputs) if (other.value === id.value) other.value = input.value;
    id.value = input.value;
  });
}

// ---- Operations

/** Read the operations; return them in groups by tag, those outside the base path last. */
function collect() {
  const groups = new Map((spec.tags ?? []).map(({ name }) => [name, []]));
  const elsewhere = [];
  operations.clear();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [name, found] of Object.entries(methods)) {
      const method = name.toUpperCase();
      const operation = { parameters: [], security: spec.security ?? [], ...found, method, path };
      operation.id = found.operationId ?? `${name}${path.replace(/\W+/g, "_")}`;
      const tag = found.tags?.[0] ?? "Other";
      operation.words = [method, path, found.summary, tag, found.description, ...namesIn(operation)].join(" ").toLowerCase();
      operations.set(operation.id, operation);
      if (!path.startsWith(`${BASE}/`)) elsewhere.push(operation);
      else groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  }
  return [...groups, [ELSEWHERE, elsewhere]].filter(([, found]) => found.length);
}

/** What an operation's parameters and the fields of its body are called. */
function namesIn({ parameters, requestBody }) {
  const bodies = Object.values(requestBody?.content ?? {}).map(({ schema }) => flat(schema));
  const fields = bodies.flatMap((body) => [body, ...(body.options ?? [])])
    .flatMap(({ properties }) => Object.keys(properties));
  return [...parameters.map(({ name }) => name), ...fields];
}

const aboutTag = (name) => (spec.tags ?? []).find((tag) => tag.name === name)?.description;
const badge = (method) => span(`method ${method.toLowerCase()}`, method);
const breakable = (path) => path.split("/").map((part, at) => (at ? ["/", el("wbr"), part] : part));

/** Who may call an operation, and how each of them says who they are. */
function callers({ security }) {
  const found = new Map();
  for (const name of security.flatMap(Object.keys)) {
    const scheme = spec.components?.securitySchemes?.[name] ?? {};
    const way = scheme.type === "http" ? "Authorization: Bearer"
      : scheme.in === "cookie" ? `Cookie: ${scheme.name}` : scheme.name ?? name;
    const who = WHO[name] ?? name;
    found.set(who, [...(found.get(who) ?? []), way]);
  }
  return found;
}

function operationView(operation) {
  const who = [...callers(operation).keys()].join(", ") || "Public";
  const line = span("line", badge(operation.method), code(breakable(operation.path), "path"),
    span("who", who), el("h3", null, coded(operation.summary ?? operation.id)));
  const node = disclosure({ class: "operation", id: operation.id }, line, () =>
    el("div", { class: "inside" }, aboutView(operation), tryView(operation)));
  node.addEventListener("toggle", () => {
    if (!node.open) return;
    history.replaceState(null, "", `#${operation.id}`);
    mark(operation);
  });
  operation.node = node;
  return node;
}

function aboutView(operation) {
  const { parameters, requestBody: body } = operation;
  const who = [...callers(operation)];
  return el("div", { class: "about" },
    prose(operation.description),
    el("h4", null, "Who may call it"),
    who.length ? who.map(([name, ways]) => el("p", null, name, ": ",
      ways.map((way, at) => [at ? " or " : "", code(way)]))) : el("p", null, "Anyone."),
    parameters.length > 0 && [el("h4", null, "Parameters"),
      el("ul", { class: "fields" }, parameters.map((parameter) => {
        const schema = { ...flat(parameter.schema) };
        schema.description = parameter.description ?? schema.description;
        const type = `${typeOf(schema)}, in the ${parameter.in}`;
        return el("li", null,
          fieldLine(parameter.name, schema, type, parameter.required && "required"));
      }))],
    body && [el("h4", null, body.required ? "Body" : "Body, may be left out"),
      contentView(body.content)],
    el("h4", null, "Answers"),
    Object.entries(operation.responses ?? {}).map(responseView));
}

function responseView([status, response]) {
  const { description = "", headers = {}, content } = resolve(response);
  const [meaning] = description.split("\n\n");
  const reasons = [...description.matchAll(/^- `(\w+)`: (.*)$/gm)];
  const special = Object.keys(headers).filter((name) => !EVERYWHERE.test(name));
  const line = [span(`status s${status[0]}`, status), " ", prose(meaning, "span"),
    special.map((name) => [" ", code(name)])];
  const inside = () => [
    reasons.length && el("ul", { class: "fields" }, reasons.map(([, name, when]) =>
      el("li", null, code(name, "name"), " ", when))),
    contentView(content, true),
  ];
  return content ? disclosure({ class: "response" }, line, inside, status < 300)
    : el("p", { class: "response" }, line);
}

// ---- Try it

function tryView(operation) {
  const { id, method, path, requestBody } = operation;
  const fields = operation.parameters.map((given) => [given, parameterInput(id, given)]);
  const media = requestBody?.content?.[TYPE];
  const editor = media && el("textarea", { id: `${id}-body`, spellcheck: "false" });
  const fill = (isFull) => {
    const body = isFull && media.example ? withSharedIds(media.example)
      : example(flat(media.schema), isFull);
    editor.value = JSON.stringify(body, null, 2);
    editor.rows = Math.min(18, editor.value.split("\n").length + 1);
  };
  if (editor) fill(true);
  const problem = el("p", { class: "problem", role: "alert" });
  const outcome = el("div", { class: "outcome" });
  const send = el("button", { type: "submit", class: "primary" }, "Send");
  const sample = el("textarea", { readonly: true, hidden: true, rows: 8 });
  let running = null;

  const refuse = (input, text) => {
    input.setAttribute("aria-invalid", "true");
    input.focus();
    problem.textContent = text;
    return null;
  };
  /** The request as typed in; null where it cannot be sent. */
  const prepare = () => {
    problem.textContent = "";
    let address = path;
    const asked = new URLSearchParams();
    const headers = credentials(operation);
    for (const [{ name, required, in: place }, input] of fields) {
      const value = input.value.trim();
      input.removeAttribute("aria-invalid");
      if (!value && required) return refuse(input, `Fill in ${name} first.`);
      if (place === "path") address = address.replace(`{${name}}`, encodeURIComponent(value));
      else if (value && place === "query") asked.append(name, value);
      else if (value) headers[name] = value;
    }
    editor?.removeAttribute("aria-invalid");
    const body = editor?.value.trim() || undefined;
    if (body) {
      headers["Content-Type"] = TYPE;
      try {
        JSON.parse(body);
      } catch (error) {
        return refuse(editor, `The body is not JSON: ${error.message}`);
      }
    }
    const query = String(asked) && `?${asked}`;
    return { url: SERVER + address + query, method, headers, body };
  };
  const submit = async (event) => {
    event.preventDefault();
    if (running) return running.abort();
    const request = prepare();
    if (!request) return;
    running = new AbortController();
    send.textContent = "Stop";
    await exchange({ ...request, signal: running.signal }, outcome);
    running = null;
    send.textContent = "Send";
  };
  const copy = async (event, language) => {
    const request = prepare();
    if (!request) return;
    sample.value = SAMPLES[language](operation, request);
    sample.setAttribute("aria-label", `The request in ${language}`);
    sample.hidden = false;
    sample.select();
    const text = event.target;
    const isCopied = await navigator.clipboard?.writeText(sample.value).then(() => true, () => false)
      || document.execCommand("copy"); // the clipboard needs HTTPS
    text.textContent = isCopied ? "Copied" : "Copy it from below";
    setTimeout(() => { text.textContent = `Copy as ${language}`; }, 2000);
  };

  return el("form", { class: "try", novalidate: true, autocomplete: "off", submit,
    "aria-label": `Try ${method} ${path}` },
  el("h4", null, "Try it"),
  fields.map(([{ name, required, in: place }, input]) =>
    labelled(input, name, required ? `${place}, required` : place)),
  editor && labelled(editor, "Body", "JSON"),
  editor && el("div", { class: "row" },
    button("Example", () => fill(true), "plain"),
    button("Required fields", () => fill(false), "plain")),
  requestBody && !media && el("p", null, "This body can only be sent with another program."),
  el("div", { class: "row" }, send, Object.keys(SAMPLES).map((language) =>
    button(`Copy as ${language}`, (event) => copy(event, language)))),
  problem, sample, outcome);
}

const labelled = (input, name, note) => el("div", { class: "input" },
  el("label", { for: input.id }, name, note && span("muted", note)), input);

function parameterInput(operationId, { name, in: place, schema: rule, example: sample }) {
  const schema = flat(rule);
  const id = `${operationId}-${place}-${name}`;
  const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
  if (choices) {
    return el("select", { id }, ["", ...choices].map((value) =>
      el("option", { value: String(value) }, value === "" ? "not set" : String(value))));
  }
  const input = el("input", { id, spellcheck: "false", autocapitalize: "off",
    placeholder: schema.default ?? (isUuid(schema) ? "UUID" : sample) });
  if (/id$/i.test(name)) share(input, name);
  return input;
}

function credentials({ security }) {
  if (!needsToken(security) || !token) return {};
  return isMcp(token) ? { "X-MCP-Token": token } : { Authorization: `Bearer ${token}` };
}

/** Whether there is no way to call it without saying who one is. */
const needsToken = (security) => security.length > 0
  && security.every((way) => Object.keys(way).length);
const isMcp = (text) => text.startsWith("gass_");

/** Send a request and show the answer as it comes in: it may be a stream without an end. */
async function exchange({ url, ...request }, outcome) {
  const status = el("p", { role: "status" }, "Waiting…");
  const pre = el("pre", { tabindex: 0, role: "group", "aria-label": "Body of the answer" });
  outcome.replaceChildren(status);
  const started = performance.now();
  let text = "";
  let end = "";
  let isStream = false;
  try {
    const response = await fetch(url, { ...request, cache: "no-store",
      credentials: session && !token ? "same-origin" : "omit" });
    const names = HEADERS.filter((name) => response.headers.has(name));
    const where = response.redirected ? `, from ${new URL(response.url).pathname}` : "";
    status.replaceChildren(
      span(`status s${Math.floor(response.status / 100)}`,
        `${response.status} ${response.statusText}`), where);
    outcome.append(el("dl", null, names.map((name) =>
      [el("dt", null, name), el("dd", null, response.headers.get(name))])), pre);
    isStream = /^text\/event-stream/.test(response.headers.get("content-type"));
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let part; reader && !(part = await reader.read()).done;) {
      text += part.value;
      if (isStream) pre.textContent = text = text.slice(-SHOWN);
    }
  } catch (error) {
    end = request.signal.aborted ? ", stopped" : `, no (whole) answer: ${error.message}`;
  }
  status.append(`, ${Math.round(performance.now() - started)} ms, ${text.length} characters${end}`);
  if (isStream) return;
  const cut = (whole) => whole.slice(0, SHOWN) + (whole.length > SHOWN ? "\n… and more" : "");
  pre.textContent = cut(text);
  try {
    const value = JSON.parse(text);
    pre.replaceChildren(...coloured(cut(JSON.stringify(value, null, 2))));
    const given = value.tokens?.accessToken ?? value.token;
    if (given) outcome.append(button("Use this token from now on", () => useToken(given)));
  } catch { /* not JSON: shown as it came */ }
}

function coloured(text) {
  const pattern = /("(?:\\.|[^"\\])*"(:?))|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
  const parts = [];
  let at = 0;
  for (const { 0: piece, 1: quoted, 2: colon, index } of text.matchAll(pattern)) {
    const kind = colon ? "key" : quoted ? "text" : "value";
    parts.push(text.slice(at, index), span(`json-${kind}`, piece));
    at = index + piece.length;
  }
  return [...parts, text.slice(at)];
}

// ---- Samples: the request as it is typed in, for other programs

const SAMPLES = { curl: curlOf, Python: pythonOf, JavaScript: javascriptOf };

/** Headers as a program sends them: where a token is needed and none is here, its place. */
const sampleHeaders = ({ security }, headers, place) =>
  Object.entries(needsToken(security) && !token ? { Authorization: place, ...headers } : headers);

function curlOf({ security }, { url, method, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl -X ${method} ${quoted(url)}`];
  if (needsToken(security) && !token) parts.push('-H "Authorization: Bearer $TOKEN"');
  for (const header of Object.entries(headers)) parts.push(`-H ${quoted(header.join(": "))}`);
  if (body) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

/** Standard library only, so that it runs wherever Python does. */
function pythonOf(operation, { url, method, headers, body }) {
  const text = JSON.stringify; // whose escapes Python's strings share
  const all = sampleHeaders(operation, headers, "");
  const lines = all.map(([name, value]) => (value ? `        ${text(name)}: ${text(value)},`
    : `        ${text(name)}: "Bearer " + os.environ["TOKEN"],`));
  return [
    "import json", ...(all.some(([, value]) => !value) ? ["import os"] : []), "import urllib.request", "",
    "request = urllib.request.Request(", `    ${text(url)},`, `    method=${text(method)},`,
    ...(lines.length ? ["    headers={", ...lines, "    },"] : []),
    ...(body ? [`    data=${text(body)}.encode(),`] : []), ")",
    "with urllib.request.urlopen(request) as response:", "    print(json.load(response))", "",
  ].join("\n");
}

function javascriptOf(operation, { url, method, headers, body }) {
  const text = JSON.stringify;
  const lines = sampleHeaders(operation, headers, "").map(([name, value]) =>
    `    ${text(name)}: ${value ? text(value) : "`Bearer ${token}`"},`);
  return [
    `const response = await fetch(${text(url)}, {`, `  method: ${text(method)},`,
    ...(lines.length ? ["  headers: {", ...lines, "  },"] : []),
    ...(body ? [`  body: ${text(body)},`] : []), "});",
    "const answer = await response.json();", "if (!response.ok) throw new Error(answer.error.message);",
    "console.log(answer);", "",
  ].join("\n");
}

// ---- Access

const post = (path, body, headers) => fetch(SERVER + BASE + path, {
  method: "POST", body: JSON.stringify(body), headers: { "Content-Type": TYPE, ...headers },
  credentials: "omit" });

function accessView() {
  const problem = el("p", { class: "problem", role: "alert" });
  const email = el("input", { id: "email", type: "email", autocomplete: "username" });
  const password = el("input", { id: "password", type: "password",
    autocomplete: "current-password" });
  const pasted = el("input", { id: "token", type: "password", autocomplete: "off",
    input: () => useToken(pasted.value.trim()) });
  const signIn = async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      const response = await post("/auth/login", { email: email.value, password: password.value });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error.message);
      password.value = "";
      useToken(answer.tokens.accessToken, answer.user.name);
    } catch (error) {
      problem.textContent = `Not signed in. ${error.message}`;
    }
  };
  const leave = () => {
    if (isSignedIn) post("/auth/logout", {}, { Authorization: `Bearer ${token}` }).catch(() => {});
    useToken("");
    pasted.focus();
  };
  return el("details", { id: "access" },
    el("summary", null, el("h2", null, "Access"), el("span", { id: "state", role: "status" })),
    el("div", { class: "ways" },
      el("form", { submit: signIn, novalidate: true, "aria-label": "Sign in" },
        el("p", { class: "muted" }, "Sign in with an account of this server."),
        labelled(email, "E-mail"), labelled(password, "Password"), problem,
        el("button", { type: "submit", class: "primary" }, "Sign in")),
      el("form", { submit: (event) => event.preventDefault(), "aria-label": "Token" },
        el("p", { class: "muted" }, "Or paste a token. It is forgotten when you leave the page."),
        labelled(pasted, "Access token or MCP token"),
        el("button", { id: "leave", type: "button", click: leave }))));
}

function useToken(text, name) {
  token = text;
  isSignedIn = Boolean(name);
  if (byId("token").value.trim() !== text) byId("token").value = text;
  byId("leave").hidden = !text;
  byId("leave").textContent = name ? "Sign out" : "Forget the token";
  byId("state").textContent = name ? `Signed in as ${name}`
    : text ? `Requests carry your ${isMcp(text) ? "MCP" : "access"} token`
      : session ? `Requests are sent as ${session}, who is signed in in this browser`
        : "No token: only public requests will work";
}

/** Whose session this browser has, of the console; empty for nobody's. */
async function whoIsIn() {
  const stored = `gassapi:${new URL(`${SERVER}/`).pathname}:signed-in`;
  try {
    if (localStorage.getItem(stored) === null) return "";
  } catch {
    return ""; // this browser keeps nothing
  }
  const ask = () => fetch(`${SERVER}${BASE}/users/profile`, { cache: "no-store" });
  let response = await ask();
  if (response.status === 401) {
    await fetch(`${SERVER}${BASE}/auth/refresh`, { method: "POST", body: "{}", headers: { "Content-Type": TYPE } });
    response = await ask();
  }
  return response.ok ? (await response.json()).user.name : "";
}

// ---- The page

function render(groups) {
  const { title, version, description } = spec.info;
  document.title = `${title} documentation`;
  byId("title").textContent = title;
  byId("version").textContent = version;
  byId("content").replaceChildren(
    el("h1", null, "API documentation"), ...prose(description),
    el("p", null, "Base address: ", code(SERVER + BASE), ". For programs: ",
      el("a", { href: `${SERVER}${BASE}/openapi.json` }, "openapi.json"), "."),
    accessView(), byId("guide").content.cloneNode(true),
    ...groups.map(([name, found], at) => el("section", { "aria-labelledby": `group-${at}` },
      el("h2", { id: `group-${at}` }, name), prose(aboutTag(name)), found.map(operationView))));
  byId("groups").replaceChildren(...groups.map(([name, found]) => el("details", { open: true },
    el("summary", null, name),
    el("ul", null, found.map((operation) => {
      const path = operation.path.replace(`${BASE}/`, "/");
      operation.link = el("a", { href: `#${operation.id}`, title: operation.summary,
        click: () => go(operation.id) }, badge(operation.method), span("", breakable(path)));
      return el("li", null, operation.link);
    })))));
  useToken("");
}

function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const operation of operations.values()) {
    const isShown = words.every((word) => operation.words.includes(word));
    operation.node.hidden = operation.link.parentNode.hidden = !isShown;
    count += isShown;
  }
  for (const group of document.querySelectorAll("section, #groups > details")) {
    group.hidden = !group.querySelector(
      ":scope > .operation:not([hidden]), :scope > ul > li:not([hidden])");
    if (words[0]) group.open = true;
  }
  byId("count").textContent = `${count} of ${operations.size} operations`;
}

function mark({ link }) {
  document.querySelector("[aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
}

/** Open what an address ends in: an operation, or the access form. */
function go(id) {
  const operation = operations.get(id);
  if (id === "access") byId(id).open = true;
  if (!operation) return;
  if (operation.node.hidden) {
    byId("filter").value = "";
    filter();
  }
  toggleMenu(false);
  operation.node.show();
  operation.node.scrollIntoView();
  operation.node.querySelector("summary").focus({ preventScroll: true });
  mark(operation);
}

function toggleMenu(isOpen) {
  byId("nav").classList.toggle("open", isOpen);
  byId("menu").setAttribute("aria-expanded", String(isOpen));
}

async function start() {
  const content = byId("content");
  content.replaceChildren(el("p", { role: "status" }, "Loading…"));
  try {
    const response = await fetch(`${SERVER}${BASE}/openapi.json`, { credentials: "omit" });
    if (!response.ok) throw new Error(`the server answered with status ${response.status}`);
    spec = await response.json();
    session = await whoIsIn().catch(() => "");
    render(collect());
    filter();
    go(location.hash.slice(1));
  } catch (error) {
    content.replaceChildren(el("div", { class: "notice", role: "alert" },
      el("p", null, "The description of the API could not be loaded."),
      el("p", { class: "muted" }, `The reason: ${error.message}.`),
      button("Try again", start)));
  }
}

/** `/` leads to the filter, arrows from it through what it found, Enter to the first. */
function press(event) {
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey);
  const isTyping = /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && isPlain && !isTyping) {
    event.preventDefault();
    toggleMenu(true);
    byId("filter").select();
  }
  if (!event.target.closest("#nav") || !isPlain) return;
  const links = [...document.querySelectorAll("#groups li:not([hidden]) a")].filter((link) => link.offsetParent);
  const at = links.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
  if (event.key === "Enter" && event.target === byId("filter")) links[0]?.click();
  if (to === undefined) return;
  event.preventDefault();
  (to < 0 ? byId("filter") : links[Math.min(to, links.length - 1)])?.focus();
}

addEventListener("keydown", press);
byId("menu").addEventListener("click", () => toggleMenu(!byId("nav").classList.contains("open")));
byId("filter").addEventListener("input", filter);
addEventListener("hashchange", () => go(location.hash.slice(1)));
start();
