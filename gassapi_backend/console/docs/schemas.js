// Schemas of an OpenAPI document: without references, as types and rules in words, as examples.

import { html } from "../vendor.js";

/** @typedef {Record<string, any>} Schema */
/** @typedef {import("../vendor.js").ComponentChildren} Children */

const NOT_BLANK = "\\S"; // the pattern of a text with something to see in it
const MAX_DEPTH = 20;

/** The document; set before anything else here is asked. @type {{document: any}} */
export const spec = { document: {} };

/** A part of the document that may stand elsewhere in it. @param {any} part */
export function resolved(part) {
  if (!part.$ref) return part;
  const path = part.$ref.split("/").slice(1);
  return path.reduce((/** @type {any} */ place, /** @type {string} */ name) => place?.[name], spec.document) ?? {};
}

/** A schema without references: `options` are its alternatives, `nullable` whether null is one. @param {any} schema @param {number} [depth] @returns {Schema} */
export function flat(schema, depth = 0) {
  /** @type {Schema} */
  const found = { properties: {}, required: [] };
  if (typeof schema !== "object" || schema === null || depth > MAX_DEPTH) return found;
  const merge = (/** @type {Schema} */ { properties, required, ...rest }) => {
    Object.assign(found, rest);
    Object.assign(found.properties, properties);
    found.required.push(...(required ?? []));
  };
  const { $ref, allOf, anyOf, oneOf, ...own } = schema;
  if ($ref) merge({ name: $ref.split("/").pop(), ...flat(resolved({ $ref }), depth + 1) });
  for (const part of allOf ?? []) merge(flat(part, depth + 1));
  const all = (anyOf ?? oneOf ?? []).map((/** @type {any} */ option) => flat(option, depth + 1));
  const options = all.filter((/** @type {Schema} */ option) => option.type !== "null");
  if (options.length === 1) merge(options[0]);
  else if (options.length) found.options = options;
  merge(own);
  if (options.length < all.length) found.nullable = true;
  return found;
}

/** @param {Schema} schema */
export const isUuid = ({ format, pattern }) => format === "uuid" || /^\^\[0-9a-f\]\{8\}-/.test(pattern);

/** @param {Schema} schema @returns {string} */
export function typeOf(schema) {
  let type = schema.type ?? (Object.keys(schema.properties).length ? "object" : "anything");
  if (schema.options) type = [...new Set(schema.options.map(typeOf))].join(" or ");
  else if ("const" in schema) type = JSON.stringify(schema.const);
  else if (type === "array") type = `list of ${typeOf(flat(schema.items))}`;
  else if (isUuid(schema)) type = "UUID";
  else if (type === "object" && schema.name) type = schema.name;
  else if (schema.format) type += ` (${schema.format})`;
  return schema.nullable ? `${type} or null` : type;
}

/** @param {Schema} schema @returns {Children[]} */
export function rulesOf(schema) {
  const between = (/** @type {number | undefined} */ least, /** @type {number | undefined} */ most, /** @type {string} */ unit) =>
    least != null && most != null ? `${least} to ${most}${unit}`
      : least != null ? `at least ${least}${unit}` : most != null && `at most ${most}${unit}`;
  const choices = schema.enum ?? (schema.type === "array" && flat(schema.items).enum);
  const rules = [
    choices && html`one of ${choices.map((/** @type {any} */ value, /** @type {number} */ at) => html`${at ? ", " : ""}<code>${String(value)}</code>`)}`,
    between(schema.minLength, schema.maxLength, " characters"),
    between(schema.minimum, schema.maximum, ""),
    between(schema.minItems, schema.maxItems, " items"),
    schema.pattern === NOT_BLANK ? "not blank" : schema.pattern && !isUuid(schema) && html`matches <code>${schema.pattern}</code>`,
    schema.default != null && html`default <code>${JSON.stringify(schema.default)}</code>`,
    schema.additionalProperties === true && "any fields",
  ].filter(Boolean);
  return rules.map((rule, at) => [at ? ", " : "", rule]);
}

/** What is inside a flat schema: its name, schema, and whether it is required. @param {Schema} schema @returns {[string, Schema, boolean?][]} */
export function partsOf(schema) {
  if (schema.options) {
    const isEmpty = schema.options.every((/** @type {Schema} */ option) => !partsOf(option).length);
    return isEmpty ? [] : schema.options.map((/** @type {Schema} */ option, /** @type {number} */ at) => (
      [option.required.length ? `with ${option.required.join(", ")}` : `option ${at + 1}`, option]));
  }
  if (schema.type === "array") return partsOf(flat(schema.items));
  /** @type {[string, Schema, boolean?][]} */
  const parts = Object.entries(schema.properties)
    .filter(([, part]) => !(/** @type {any} */ (part).not)) // a field that must not be there
    .map(([name, part]) => [name, flat(part), schema.required.includes(name)]);
  const rest = schema.additionalProperties;
  return typeof rest === "object" ? [...parts, ["(any name)", flat(rest)]] : parts;
}

/**
 * A value that keeps to a schema.
 * @param {Schema} schema
 * @param {{isFull: boolean, idOf: (name: string) => string}} how `isFull`: with the fields that may be left out
 * @param {string} [name]
 * @param {number} [depth]
 * @returns {any}
 */
export function example(schema, how, name = "", depth = 0) {
  if ("const" in schema) return schema.const;
  if (schema.default != null) return schema.default;
  if (schema.enum) return schema.enum[0];
  if (schema.type === "null" || (schema.nullable && depth)) return null;
  if (schema.options) return example(schema.options[0], how, name, depth);
  if (schema.type === "boolean") return false;
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "string") return exampleText(schema, name, how.idOf);
  if (schema.type === "array") return depth > 3 ? [] : [example(flat(schema.items), how, name, depth + 1)];
  const names = depth > 4 ? [] : Object.keys(schema.properties);
  let wanted = how.isFull ? names : names.filter((key) => schema.required.includes(key));
  if (!wanted.length && !depth) wanted = names.slice(0, 1);
  return Object.fromEntries(wanted.map((key) => [key, example(flat(schema.properties[key]), how, key, depth + 1)]));
}

/** @param {Schema} schema @param {string} name @param {(name: string) => string} idOf */
function exampleText(schema, name, idOf) {
  if (isUuid(schema)) return idOf(name) || "00000000-0000-7000-8000-000000000000";
  /** @type {Record<string, string>} */
  const known = {
    email: "user@example.com", password: "your password", uri: location.origin, date: "2030-01-31", "date-time": "2030-01-31T12:00:00.000Z",
  };
  return (known[schema.format ?? name] ?? "example").padEnd(schema.minLength ?? 0, "x").slice(0, schema.maxLength);
}
