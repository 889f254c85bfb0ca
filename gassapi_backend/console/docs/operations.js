// The operations of an OpenAPI document: in groups, with the words that find them, and who may call them.

import { flat, spec } from "./schemas.js";

export const BASE = "/api/v1";

/** @typedef {{id: string, method: string, path: string, words: string, parameters: any[], security: Record<string, any>[], requestBody?: any, responses?: any, summary?: string, description?: string}} Operation */

/** @type {Record<string, string>} */
const WHO = {
  accessToken: "Signed in", accessCookie: "Signed in", mcpToken: "MCP token", mcpBearer: "MCP token", refreshToken: "Refresh token", refreshCookie: "Refresh token",
};

/** In groups by tag, those outside the base path last. @returns {{name: string, about: string, operations: Operation[]}[]} */
export function grouped() {
  const { tags = [], paths, security = [] } = spec.document;
  /** @type {Map<string, Operation[]>} */
  const groups = new Map(tags.map((/** @type {any} */ { name }) => [name, []]));
  const elsewhere = [];
  for (const [path, methods] of Object.entries(paths)) {
    for (const [name, found] of Object.entries(/** @type {Record<string, any>} */ (methods))) {
      const method = name.toUpperCase();
      const operation = { parameters: [], security, ...found, method, path, id: found.operationId ?? `${name}${path.replace(/\W+/g, "_")}` };
      const tag = found.tags?.[0] ?? "Other";
      operation.words = [method, path, found.summary, tag, found.description, ...namesIn(operation)].join(" ").toLowerCase();
      if (!path.startsWith(`${BASE}/`)) elsewhere.push(operation);
      else groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  }
  const about = (/** @type {string} */ name) => tags.find((/** @type {any} */ tag) => tag.name === name)?.description ?? "";
  return [...groups, /** @type {[string, Operation[]]} */ ([`Outside ${BASE}`, elsewhere])]
    .filter(([, operations]) => operations.length)
    .map(([name, operations]) => ({ name, about: about(name), operations }));
}

/** What an operation's parameters and the fields of its body are called. @param {Operation} operation */
function namesIn({ parameters, requestBody }) {
  const bodies = Object.values(requestBody?.content ?? {}).map((/** @type {any} */ { schema }) => flat(schema));
  const fields = bodies.flatMap((body) => [body, ...(body.options ?? [])]).flatMap(({ properties }) => Object.keys(properties));
  return [...parameters.map(({ name }) => name), ...fields];
}

/** Who may call an operation, and how each of them says who they are. @param {Operation} operation @returns {[string, string[]][]} */
export function callers({ security }) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const name of security.flatMap(Object.keys)) {
    const scheme = spec.document.components?.securitySchemes?.[name] ?? {};
    const way = scheme.type === "http" ? "Authorization: Bearer" : scheme.in === "cookie" ? `Cookie: ${scheme.name}` : scheme.name ?? name;
    const who = WHO[name] ?? name;
    found.set(who, [...(found.get(who) ?? []), way]);
  }
  return [...found];
}

/** Whether there is no way to call it without saying who one is. @param {Operation} operation */
export const needsToken = ({ security }) => security.length > 0 && security.every((way) => Object.keys(way).length);
