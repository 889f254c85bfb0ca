// What the screens of mailed links share: the link's token, and signing in to use it.

import { call } from "./api.js";
import { facts } from "./place.js";
import { begin } from "./session.js";

/** The token of a link, in a path of the console. @param {Record<string, string>} params */
export const tokenOf = (params) => params.link ?? "";

/**
 * Sign in or register; return the options for further calls. If the console is left out, nobody
 * stays signed in: the access token is kept in memory, for this page only.
 * @param {"/auth/login" | "/auth/register"} path
 * @param {Record<string, unknown>} body
 * @returns {Promise<import("./api.js").Options>}
 */
export async function enter(path, body) {
  const { user, tokens } = await call("POST", path, { body, anonymous: true, access: facts.isWhole ? undefined : "" });
  if (!facts.isWhole) return { anonymous: true, access: tokens.accessToken };
  begin(user);
  return {};
}

/** Why a link was refused: it is no longer valid, it is incomplete, or something else. @param {import("./api.js").Problem} problem */
export function whyNot(problem) {
  if (problem.status === 410) return "gone";
  if (problem.status === 404 || problem.fields.some(({ field }) => field === "token")) return "broken";
  return "";
}
