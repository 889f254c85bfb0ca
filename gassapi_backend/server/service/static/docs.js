"use strict";
// Shows the server's OpenAPI document and sends requests from the page.
// Everything from the document or an answer enters the page as text, never as markup.

const BASE = "/api/v1";
const JSON_TYPE = "application/json";
const ELSEWHERE = `Outside ${BASE}`;
const METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];
const HEADERS = [
  "content-type", "content-disposition", "location", "etag", "cache-control", "allow",
  "www-authenticate", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset",
  "x-request-id",
];
const WHO = {
  accessToken: { short: "signed in", long: "whoever is signed in" },
  accessCookie: { short: "signed in", long: "whoever is signed in" },
  mcpToken: { short: "MCP token", long: "MCP clients" },
};
const SHOWN = 200_000; // characters of an answer

let spec = {};
const operations = new Map(); // by id
const inputs = new Map(); // the inputs that take the same id, by its name
const access = { token: "", name: null }; // in memory only: gone when the page is closed

const byId = (id) => document.getElementById(id);

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

/** Text with `code` and empty lines between paragraphs. */
function prose(text, tag = "p") {
  return (text ?? "").split(/\n\s*\n/).filter(Boolean).map((part) =>
    el(tag, { class: "prose" }, part.split("`").map((piece, at) =>
      at % 2 ? el("code", null, piece) : piece)));
}

/** A disclosure whose inside is built when it is first opened. */
function disclosure(attributes, summary, build, isOpen = false) {
  const node = el("details", attributes, el("summary", null, summary));
  let isBuilt = false;
  const fill = () => {
    if (isBuilt) return;
    isBuilt = true;
    node.append(...[build()].flat().filter(Boolean));
  };
  node.addEventListener("toggle", () => node.open && fill());
  node.show = () => { fill(); node.open = true; };
  if (isOpen) node.show();
  return node;
}

// ---- Schemas

function flat(schema, depth = 0) {
  if (typeof schema !== "object" || schema === null || depth > 20) return {};
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  const found = {};
  if ($ref) {
    merge(found, { name: $ref.split("/").pop() }, flat(referred($ref), depth + 1));
  }
  for (const part of allOf ?? []) merge(found, flat(part, depth + 1));
  const all = (anyOf ?? oneOf ?? []).map((option) => flat(option, depth + 1));
  const options = all.filter((option) => option.type !== "null");
  if (options.length === 1) merge(found, options[0]);
  else if (options.length) found.options = options;
  merge(found, own);
  if (options.length < all.length) found.nullable = true;
  if (Array.isArray(found.type)) {
    found.nullable ||= found.type.includes("null");
    found.type = found.type.filter((type) => type !== "null").join(" or ");
  }
  return found;
}

function merge(into, ...parts) {
  for (const part of parts) {
    const properties = { ...into.properties, ...part.properties };
    const required = [...(into.required ?? []), ...(part.required ?? [])];
    Object.assign(into, part, { properties, required });
  }
}

const referred = (ref) =>
  ref.replace(/^#\//, "").split("/").reduce((at, key) =>
    at?.[key.replace(/~1/g, "/").replace(/~0/g, "~")], spec);

const isUuid = (schema) => schema.format === "uuid" || /^\^\[0-9a-f\]\{8\}-/.test(schema.pattern);

function typeOf(schema) {
  let type = schema.type ?? (Object.keys(schema.properties ?? {}).length ? "object" : "anything");
  if (schema.options) type = schema.options.map(typeOf).join(" or ");
  else if ("const" in schema) type = JSON.stringify(schema.const);
  else if (schema.type === "array") type = `list of ${typeOf(flat(schema.items))}`;
  else if (isUuid(schema)) type = "UUID";
  else if (schema.name && type === "object") type = schema.name;
  else if (schema.format) type += ` (${schema.format})`;
  return schema.nullable ? `${type} or null` : type;
}

function rulesOf(schema) {
  const range = (least, most, unit) => {
    if (least == null && most == null) return null;
    const span = least == null ? `at most ${most}` : most == null ? `at least ${least}`
      : least === most ? `exactly ${least}` : `${least} to ${most}`;
    return span + unit;
  };
  const item = schema.type === "array" ? flat(schema.items) : {};
  const choices = schema.enum ?? item.enum;
  return [
    choices && ["one of ", choices.flatMap((value, at) =>
      [at ? ", " : "", el("code", null, String(value))])],
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minimum, schema.maximum, ""),
    schema.exclusiveMinimum != null && `more than ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum != null && `less than ${schema.exclusiveMaximum}`,
    range(schema.minItems, schema.maxItems, " items"),
    range(schema.minProperties, schema.maxProperties, " fields"),
    schema.pattern && !isUuid(schema) && ["matches ", el("code", null, schema.pattern)],
    schema.default != null &&
      ["default ", el("code", null, JSON.stringify(schema.default))],
    schema.additionalProperties === true && "any fields",
    schema.readOnly && "read only",
    schema.deprecated && "deprecated",
  ].filter(Boolean);
}

/** What is inside a flat schema: `[name, schema, isRequired]` of each part. */
function partsOf(schema) {
  if (schema.options) {
    return schema.options.some((option) => partsOf(option).length)
      ? schema.options.map((option, at) => [`option ${at + 1}`, option, null]) : [];
  }
  if (schema.type === "array") return partsOf(flat(schema.items));
  const parts = Object.entries(schema.properties ?? {}).map(([name, rule]) =>
    [name, flat(rule), schema.required.includes(name)]);
  const rest = schema.additionalProperties;
  if (rest && typeof rest === "object") parts.push(["(any name)", flat(rest), null]);
  return parts;
}

function fieldList(schema, depth = 0) {
  return el("ul", { class: "fields" }, partsOf(schema).map(([name, part, isRequired]) =>
    el("li", null, field(name, part, isRequired, depth))));
}

function field(name, schema, isRequired, depth) {
  const line = [
    el("code", { class: "name" }, name),
    el("span", { class: "type" }, typeOf(schema)),
    isRequired && el("span", { class: "required" }, "required"),
    rulesOf(schema).map((rule) => el("span", { class: "rule" }, rule)),
    prose(schema.description, "span"),
  ];
  if (!partsOf(schema).length) return el("div", { class: "field" }, line);
  return disclosure({ class: "nested" }, el("span", { class: "field" }, line),
    () => fieldList(schema, depth + 1), depth < 1);
}

function schemaView(raw) {
  const schema = flat(raw);
  if (partsOf(schema).length) {
    const isList = schema.type === "array";
    return [isList && el("p", { class: "muted" }, typeOf(schema)), fieldList(schema)];
  }
  return el("div", { class: "field" }, el("span", { class: "type" }, typeOf(schema)),
    rulesOf(schema).map((rule) => el("span", { class: "rule" }, rule)),
    prose(schema.description, "span"));
}

/** A value that keeps to a schema; `isFull` for optional fields too. */
function example(raw, isFull, name = "", depth = 0) {
  const schema = flat(raw);
  if (schema.examples?.length) return schema.examples[0];
  if ("example" in schema) return schema.example;
  if ("const" in schema) return schema.const;
  if (schema.default != null) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.nullable && depth) return null;
  if (schema.options) return example(schema.options[0], isFull, name, depth);
  if (schema.type === "array") {
    return depth > 3 ? [] : [example(schema.items, isFull, name, depth + 1)];
  }
  if (schema.type === "boolean") return false;
  if (/^(integer|number)/.test(schema.type)) return schema.minimum ?? 1;
  if (/^string/.test(schema.type)) return exampleText(schema, name);
  const names = Object.keys(schema.properties ?? {});
  const wanted = names.filter((key) => isFull || schema.required.includes(key));
  if (!wanted.length && !depth && names.length) wanted.push(names[0]);
  return Object.fromEntries(wanted
    .filter((key) => depth < 5 && !flat(schema.properties[key]).readOnly)
    .map((key) => [key, example(schema.properties[key], isFull, key, depth + 1)]));
}

function exampleText(schema, name) {
  if (isUuid(schema)) {
    return shared(name).value || "00000000-0000-7000-8000-000000000000";
  }
  const texts = {
    email: "user@example.com", uri: location.origin, password: "your password",
    date: "2030-01-31", "date-time": "2030-01-31T12:00:00.000Z",
  };
  const text = texts[schema.format] ?? (/email/i.test(name) ? texts.email : "example");
  return text.padEnd(schema.minLength ?? 0, "x").slice(0, schema.maxLength);
}

/** Ids typed once are offered everywhere: what the inputs of that name share. */
function shared(name) {
  const key = name.toLowerCase().replace(/_/g, "");
  if (!inputs.has(key)) inputs.set(key, { value: "", fields: [] });
  return inputs.get(key);
}

function share(input, name) {
  const group = shared(name);
  input.value = group.value;
  group.fields.push(input);
  input.addEventListener("input", () => {
    for (const other of group.fields) if (other.value === group.value) other.value = input.value;
    group.value = input.value;
  });
}

// ---- Operations

function collect() {
  const groups = new Map((spec.tags ?? []).map((tag) => [tag.name, { ...tag, operations: [] }]));
  for (const [path, item] of Object.entries(spec.paths ?? {})) {
    for (const method of METHODS.filter((name) => item[name])) {
      const found = item[method];
      const tag = path.startsWith(`${BASE}/`) ? found.tags?.[0] ?? "Other" : ELSEWHERE;
      const operation = {
        ...found, path, method: method.toUpperCase(),
        id: found.operationId ?? `${method}_${path.replace(/\W+/g, "_")}`,
        parameters: [...(item.parameters ?? []), ...(found.parameters ?? [])].map((given) =>
          given.$ref ? referred(given.$ref) : given),
        security: found.security ?? spec.security ?? [],
      };
      operation.words =
        [operation.method, path, found.summary, tag, operation.id].join(" ").toLowerCase();
      operations.set(operation.id, operation);
      if (!groups.has(tag)) groups.set(tag, { name: tag, operations: [] });
      groups.get(tag).operations.push(operation);
    }
  }
  if (groups.has(ELSEWHERE)) { // last
    const last = groups.get(ELSEWHERE);
    last.description = "The addresses where people and load balancers look first.";
    groups.delete(ELSEWHERE);
    groups.set(ELSEWHERE, last);
  }
  return [...groups.values()].filter((group) => group.operations.length);
}

const badge = (method) =>
  el("span", { class: `method ${method.toLowerCase()}` }, method);

function pathText(path) { // may break after a slash
  return path.split("/").flatMap((part, at) => (at ? ["/", el("wbr"), part] : [part]));
}

const who = (operation) => [...new Set(operation.security.flatMap(Object.keys)
  .map((name) => WHO[name]?.short ?? name))].join(", ") || "public";

function operationView(operation) {
  const summary = el("span", { class: "line" },
    badge(operation.method),
    el("code", { class: "path" }, pathText(operation.path)),
    el("span", { class: "who" }, who(operation)),
    el("h3", operation.deprecated && { class: "deprecated" }, operation.summary ?? operation.id));
  const node = disclosure({ class: "operation", id: operation.id }, summary, () =>
    el("div", { class: "inside" }, aboutView(operation), tryView(operation)));
  node.addEventListener("toggle", () => {
    if (node.open) history.replaceState(null, "", `#${operation.id}`);
    mark();
  });
  operation.node = node;
  return node;
}

function aboutView(operation) {
  const parameters = operation.parameters.map((parameter) => {
    const schema = flat(parameter.schema);
    const about = { ...schema, description: parameter.description ?? schema.description };
    return el("li", null, el("div", { class: "field" },
      el("code", { class: "name" }, parameter.name),
      el("span", { class: "type" }, `${typeOf(about)}, in the ${parameter.in}`),
      parameter.required && el("span", { class: "required" }, "required"),
      rulesOf(about).map((rule) => el("span", { class: "rule" }, rule)),
      prose(about.description, "span")));
  });
  const body = operation.requestBody;
  return el("div", { class: "about" },
    operation.deprecated && el("p", { class: "notice" }, "Deprecated."),
    prose(operation.description),
    el("h4", null, "Who may call it"), securityView(operation),
    parameters.length > 0 && [el("h4", null, "Parameters"),
      el("ul", { class: "fields" }, parameters)],
    body && [
      el("h4", null, "Body ", el("span", { class: "muted" },
        body.required ? "required" : "optional")),
      prose(body.description), contentView(body.content)],
    el("h4", null, "Responses"),
    Object.entries(operation.responses ?? {}).map(responseView));
}

function securityView(operation) {
  if (!operation.security.length) return el("p", null, "Anyone.");
  return el("ul", null, operation.security.map((way) => el("li", null,
    Object.keys(way).map((name, at) => {
      const scheme = spec.components?.securitySchemes?.[name] ?? {};
      const how = scheme.type === "http" ? "Authorization: Bearer" : scheme.name ?? name;
      const place = scheme.type === "http" ? "header" : scheme.in ?? "";
      return [at ? " and " : "", `${WHO[name]?.long ?? name}: ${place} `, el("code", null, how)];
    }).flat())));
}

function contentView(content) {
  const all = Object.entries(content ?? {});
  return all.flatMap(([type, media]) => [
    (all.length > 1 || type !== JSON_TYPE) && el("p", null, el("code", null, type)),
    schemaView(media.schema)]).flat();
}

function responseView([status, given]) {
  const response = given.$ref ? referred(given.$ref) : given;
  const line = [el("span", { class: `status s${status[0]}` }, status), " ",
    ...prose(response.description, "span")];
  const headers = Object.keys(response.headers ?? {});
  if (!response.content && !headers.length) return el("div", { class: "response" }, line);
  return disclosure({ class: "response" }, line, () => [
    headers.length > 0 && el("p", { class: "muted" }, "Headers: ",
      headers.map((name) => el("code", null, name))),
    ...contentView(response.content)], status < 300);
}

// ---- Try it

function tryView(operation) {
  const { method, path } = operation;
  const taken = operation.parameters.filter((parameter) => parameter.in !== "cookie");
  const fields = taken.map((parameter) => [parameter, parameterInput(operation, parameter)]);
  const content = operation.requestBody?.content ?? {};
  const media = content[JSON_TYPE];
  const editor = media && el("textarea", {
    id: `${operation.id}-body`, rows: 8, spellcheck: "false", autocomplete: "off",
    autocapitalize: "off",
  });
  const fill = (isFull) => {
    editor.value = JSON.stringify(example(media.schema, isFull), null, 2);
    editor.rows = Math.min(18, Math.max(4, editor.value.split("\n").length + 1));
  };
  if (editor) fill(false);
  const problem = el("p", { class: "problem", role: "alert" });
  const outcome = el("div", { class: "outcome" });
  const send = el("button", { type: "submit", class: "primary" }, "Send");
  const curl = el("textarea", { class: "curl", readonly: true, rows: 4, hidden: true,
    "aria-label": "The request as a curl command" });
  let running = null;

  const complain = (input, text) => {
    input.setAttribute("aria-invalid", "true");
    input.focus();
    problem.textContent = text;
  };
  /** The request as typed in; null where something is missing. */
  const prepare = () => {
    problem.textContent = "";
    let address = path;
    const query = new URLSearchParams();
    const headers = new Headers(credentials(operation));
    for (const [parameter, input] of fields) {
      input.removeAttribute("aria-invalid");
      const value = input.value.trim();
      if (!value && parameter.required) {
        return complain(input, `Fill in ${parameter.name} first.`);
      }
      if (parameter.in === "path") {
        address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
      } else if (value && parameter.in === "query") {
        const isList = flat(parameter.schema).type === "array";
        for (const one of isList ? value.split(",") : [value]) {
          query.append(parameter.name, one.trim());
        }
      } else if (value) {
        try {
          headers.set(parameter.name, value);
        } catch {
          return complain(input, `${parameter.name} cannot be sent as a header.`);
        }
      }
    }
    const body = editor?.value.trim() || undefined;
    if (editor) {
      editor.removeAttribute("aria-invalid");
      if (body) {
        try {
          JSON.parse(body);
        } catch (error) {
          return complain(editor, `The body is not JSON: ${error.message}`);
        }
        headers.set("Content-Type", JSON_TYPE);
      }
    }
    return { url: location.origin + address + (query.size ? `?${query}` : ""), headers, body };
  };
  const submit = async () => {
    if (running) return running.abort();
    const request = prepare();
    if (!request) return;
    running = new AbortController();
    send.textContent = "Stop";
    try {
      await exchange({ ...request, method, signal: running.signal }, outcome);
    } finally {
      running = null;
      send.textContent = "Send";
    }
  };

  const cannot = operation.requestBody && !media;
  return el("form", {
    class: "try", novalidate: true, autocomplete: "off", "aria-label": `Try ${method} ${path}`,
    submit: (event) => { event.preventDefault(); submit(); },
  },
  el("h4", null, "Try it"),
  fields.map(([parameter, input]) => el("div", { class: "input" },
    el("label", { for: input.id }, parameter.name, parameter.required && " *",
      el("span", { class: "muted" }, parameter.in)), input)),
  editor && el("div", { class: "input" },
    el("label", { for: editor.id }, "Body", el("span", { class: "muted" }, "JSON")),
    editor,
    el("div", { class: "row" },
      el("button", { type: "button", class: "plain", click: () => fill(false) }, "Least"),
      el("button", { type: "button", class: "plain", click: () => fill(true) }, "All fields"),
      el("button", { type: "button", class: "plain", click: () => { editor.value = ""; } },
        "Empty"))),
  cannot && el("p", { class: "muted" }, "This body can only be sent with another program."),
  el("div", { class: "row" }, send,
    el("button", {
      type: "button",
      click: (event) => {
        const request = prepare();
        if (request) copyCurl(curlOf(operation, request), curl, event.currentTarget);
      },
    }, "Copy as curl")),
  problem, curl, outcome);
}

function parameterInput(operation, parameter) {
  const schema = flat(parameter.schema);
  const id = `${operation.id}-${parameter.in}-${parameter.name}`;
  const choices = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
  if (choices) {
    return el("select", { id }, el("option", { value: "" }, "not set"),
      choices.map((value) => el("option", { value: String(value) }, String(value))));
  }
  const input = el("input", {
    id, type: "text", spellcheck: "false", autocomplete: "off", autocapitalize: "off",
    inputmode: schema.type === "integer" && "numeric",
    placeholder: schema.default ?? (isUuid(schema) ? "UUID" : null),
    "aria-required": parameter.required && "true",
  });
  if (/id$/i.test(parameter.name)) share(input, parameter.name);
  return input;
}

function credentials(operation) {
  if (!access.token || !operation.security.length) return {};
  return access.token.startsWith("gass_")
    ? { "X-MCP-Token": access.token } : { Authorization: `Bearer ${access.token}` };
}

async function exchange({ url, method, headers, body, signal }, outcome) {
  const status = el("p", { class: "result", role: "status" }, "Waiting…");
  outcome.replaceChildren(status);
  const started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  let response;
  try {
    response = await fetch(url, {
      method, headers, body, signal, credentials: "omit", cache: "no-store" });
  } catch (error) {
    status.textContent = signal.aborted ? "Stopped."
      : `There was no answer: ${error.message}.`;
    return;
  }
  const head = [
    el("span", { class: `status s${String(response.status)[0]}` },
      `${response.status} ${response.statusText}`),
    response.redirected ? ` after a redirect to ${new URL(response.url).pathname}` : ""];
  status.replaceChildren(...head, ` · ${took()}`);
  const kept = HEADERS.filter((name) => response.headers.has(name));
  const pre = el("pre", { tabindex: 0, role: "region", "aria-label": "Body of the answer" });
  outcome.append(el("dl", null, kept.flatMap((name) =>
    [el("dt", null, name), el("dd", null, response.headers.get(name))])));
  const isStream = /event-stream/.test(response.headers.get("content-type"));
  let text = "";
  try {
    if (isStream) {
      outcome.append(pre);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        text = (text + part.value).slice(-SHOWN);
        pre.textContent = text;
        pre.scrollTop = pre.scrollHeight;
      }
    } else {
      text = await response.text();
    }
  } catch (error) {
    status.append(signal.aborted ? " · stopped" : ` · broken off: ${error.message}`);
    return;
  }
  if (isStream) return void status.append(" · ended");
  status.replaceChildren(...head, ` · ${took()} · ${bytes(new Blob([text]).size)}`);
  if (!text) return;
  let value;
  try {
    value = JSON.parse(text);
    text = JSON.stringify(value, null, 2);
  } catch { /* not JSON: shown as it is */ }
  pre.append(...(value === undefined || text.length > SHOWN
    ? [text.slice(0, SHOWN)] : coloured(text)));
  if (text.length > SHOWN) pre.append("\n… the rest is not shown.");
  outcome.append(pre);
  const token = value?.tokens?.accessToken ?? value?.token;
  if (typeof token === "string") {
    outcome.append(el("button", { type: "button", click: () => useToken(token) },
      "Use this token from now on"));
  }
}

const bytes = (size) => size < 1000 ? `${size} B` : `${(size / 1000).toFixed(1)} kB`;

function coloured(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(
    /("(?:\\.|[^"\\])*")(:?)|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)) {
    const kind = found[2] ? "key" : found[1] ? "text" : "value";
    const piece = found[1] ?? found[0];
    parts.push(text.slice(at, found.index), el("span", { class: `json-${kind}` }, piece));
    at = found.index + piece.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function curlOf(operation, { url, headers, body }) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl -X ${operation.method} ${quoted(url)}`];
  if (operation.security.length && !access.token) {
    parts.push('-H "Authorization: Bearer $TOKEN"');
  }
  for (const [name, value] of headers) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body) parts.push(`--data-raw ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

async function copyCurl(text, area, button) {
  area.hidden = false;
  area.value = text;
  area.rows = Math.min(12, text.split("\n").length + 1);
  let isCopied = true;
  try {
    await navigator.clipboard.writeText(text); // only over HTTPS and on this machine
  } catch {
    area.select();
    isCopied = document.execCommand("copy");
  }
  button.textContent = isCopied ? "Copied" : "Copy it from below";
  setTimeout(() => { button.textContent = "Copy as curl"; }, 2000);
}

// ---- Who asks

function accessView() {
  const state = el("span", { id: "access-state", role: "status" });
  const problem = el("p", { class: "problem", role: "alert" });
  const token = el("input", { id: "token", type: "password", autocomplete: "off",
    input: () => useToken(token.value.trim()) });
  const email = el("input", { id: "email", type: "email", autocomplete: "username" });
  const password = el("input", { id: "password", type: "password",
    autocomplete: "current-password" });
  const leave = el("button", { id: "leave", type: "button", hidden: true, click: signOut });
  const signIn = async (event) => {
    event.preventDefault();
    problem.textContent = "";
    try {
      const response = await post("/auth/login",
        { email: email.value, password: password.value });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error?.message ?? `Status ${response.status}.`);
      password.value = "";
      useToken(answer.tokens.accessToken, answer.user.name);
    } catch (error) {
      problem.textContent = `Not signed in. ${error.message}`;
    }
  };
  return el("details", { class: "access", id: "access" },
    el("summary", null, el("h2", null, "Access"), " ", state),
    el("div", { class: "ways" },
      el("form", { submit: signIn, novalidate: true, "aria-label": "Sign in" },
        el("p", { class: "muted" }, "Sign in with an account of this server."),
        el("div", { class: "input" }, el("label", { for: "email" }, "E-mail"), email),
        el("div", { class: "input" }, el("label", { for: "password" }, "Password"), password),
        problem,
        el("button", { type: "submit", class: "primary" }, "Sign in")),
      el("div", null,
        el("p", { class: "muted" }, "Or paste a token. It stays in this page's memory only."),
        el("div", { class: "input" },
          el("label", { for: "token" }, "Access token or MCP token"), token),
        leave)));
}

const post = (path, body, headers) => fetch(BASE + path, {
  method: "POST", credentials: "omit", body: JSON.stringify(body),
  headers: { "Content-Type": JSON_TYPE, ...headers } });

function useToken(token, name = null) {
  access.token = token;
  access.name = name;
  if (byId("token").value.trim() !== token) byId("token").value = token;
  byId("leave").hidden = !token;
  byId("leave").textContent = name ? "Sign out" : "Forget the token";
  byId("access-state").textContent = name ? `Signed in as ${name}.`
    : token.startsWith("gass_") ? "Requests carry your MCP token."
    : token ? "Requests carry your access token." : "No token: only public requests will work.";
}

async function signOut() {
  const { token, name } = access;
  useToken("");
  byId("token").focus();
  if (name) await post("/auth/logout", {}, { Authorization: `Bearer ${token}` }).catch(() => {});
}

// ---- The page

function render(groups) {
  const { title, version, description } = spec.info ?? {};
  byId("title").textContent = document.title = `${title ?? "API"} documentation`;
  byId("version").textContent = version ? `version ${version}` : "";
  byId("content").replaceChildren(
    el("h1", null, title ?? "API"),
    ...prose(description),
    el("p", null, "Base address: ", el("code", null, location.origin + BASE)),
    accessView(),
    ...groups.map((group, at) => el("section", { "aria-labelledby": `group-${at}` },
      el("h2", { id: `group-${at}` }, group.name), prose(group.description),
      group.operations.map(operationView))));
  byId("groups").replaceChildren(...groups.map((group) => el("details", { open: true },
    el("summary", null, group.name),
    el("ul", null, group.operations.map((operation) => {
      const name = operation.path.replace(`${BASE}/`, "/");
      operation.link = el("a", {
        href: `#${operation.id}`, title: operation.summary, click: () => go(operation.id),
      }, badge(operation.method), el("span", null, pathText(name)));
      return el("li", null, operation.link);
    })))));
  useToken("");
}

function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { words: own, node, link } of operations.values()) {
    const isShown = words.every((word) => own.includes(word));
    node.hidden = link.parentNode.hidden = !isShown;
    count += isShown;
  }
  for (const group of document.querySelectorAll("main section, #groups > details")) {
    group.hidden = !group.querySelector(".operation:not([hidden]), li:not([hidden])");
    if (words.length && "open" in group) group.open = true;
  }
  byId("count").textContent = words.length
    ? `${count} of ${operations.size} operations` : `${operations.size} operations`;
}

/** Mark the operation that the address names. */
function mark() {
  for (const { id, link, node } of operations.values()) {
    if (node.open && location.hash === `#${id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function go(id) {
  const operation = operations.get(id);
  if (!operation) return;
  if (operation.node.hidden) {
    byId("filter").value = "";
    filter();
  }
  toggleMenu(false);
  operation.node.show();
  operation.node.scrollIntoView();
  operation.node.querySelector("summary").focus({ preventScroll: true });
  mark();
}

function goToHash() {
  try {
    go(decodeURIComponent(location.hash.slice(1)));
  } catch { /* not an address of this page */ }
}

function toggleMenu(isOpen) {
  byId("nav").classList.toggle("open", isOpen);
  byId("menu").setAttribute("aria-expanded", String(isOpen));
}

async function start() {
  const content = byId("content");
  content.setAttribute("aria-busy", "true");
  content.replaceChildren(el("p", { class: "muted", role: "status" }, "Loading…"));
  try {
    const response = await fetch(`${BASE}/openapi.json`, { credentials: "omit" });
    if (!response.ok) throw new Error(`the server answered with status ${response.status}`);
    spec = await response.json();
    operations.clear();
    render(collect());
    filter();
    goToHash();
  } catch (error) {
    content.replaceChildren(el("div", { class: "notice", role: "alert" },
      el("p", null, "The description of the API could not be loaded."),
      el("p", { class: "muted" }, `The reason: ${error.message}.`),
      el("button", { type: "button", click: start }, "Try again")));
  }
  content.removeAttribute("aria-busy");
}

byId("menu").addEventListener("click", () =>
  toggleMenu(byId("menu").getAttribute("aria-expanded") !== "true"));
byId("filter").addEventListener("input", filter);
addEventListener("hashchange", goToHash);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && byId("nav").classList.contains("open")) {
    toggleMenu(false);
    byId("menu").focus();
  }
});
start();
