// The paths of the console in one table, each with the module of its screen. The server reads it too.

import { exec } from "./vendor.js";
import { facts, href } from "./place.js";

/**
 * @typedef {object} Row
 * @property {string} path below the server's root; `:name` is any segment
 * @property {() => Promise<{default: any}>} screen
 * @property {string} [reads] what it reads first: the page asks for that while its modules load
 * @property {boolean} [isOpen] also for people who are not signed in
 * @property {string} [tab] a tab of the project, with this text
 * @property {boolean} [isPart] only where the server shows what the console is made of
 * @property {boolean} [isAdmin] for administrators only
 */

/** @type {Row[]} */
const ALL = [
  { path: "/", screen: () => import("./screens/projects.js"), reads: "/projects?page=1&limit=20" },
  { path: "/login", screen: () => import("./screens/login.js"), isOpen: true },
  { path: "/register", screen: () => import("./screens/register.js"), isOpen: true },
  { path: "/forgot", screen: () => import("./screens/forgot.js"), isOpen: true },
  { path: "/password", screen: () => import("./screens/password.js"), isOpen: true },
  { path: "/account", screen: () => import("./screens/account.js") },
  { path: "/setup", screen: () => import("./screens/setup.js"), isOpen: true },
  { path: "/invite/:link", screen: () => import("./screens/invite.js"), isOpen: true },
  { path: "/verify/:link", screen: () => import("./screens/verify.js"), isOpen: true },
  { path: "/api/v1/auth/verify/:link", screen: () => import("./screens/verify.js"), isOpen: true },
  { path: "/reset/:link", screen: () => import("./screens/reset.js"), isOpen: true },
  { path: "/projects", screen: () => import("./screens/projects.js"), reads: "/projects?page=1&limit=20" },
  { path: "/projects/:project", screen: () => import("./screens/project.js"), reads: "/projects/:project", tab: "project.overview" },
  { path: "/projects/:project/members", screen: () => import("./screens/members.js"), reads: "/projects/:project", tab: "members.title" },
  { path: "/projects/:project/connect", screen: () => import("./screens/connect.js"), reads: "/projects/:project", tab: "connect.tab" },
  { path: "/projects/:project/import", screen: () => import("./screens/import.js"), reads: "/projects/:project", tab: "import.tab" },
  { path: "/projects/:project/activity", screen: () => import("./screens/activity.js"), reads: "/projects/:project", tab: "activity.title" },
  { path: "/projects/:project/settings", screen: () => import("./screens/settings.js"), reads: "/projects/:project", tab: "settings.title" },
  { path: "/admin", screen: () => import("./screens/admin.js"), isAdmin: true },
  { path: "/docs", screen: () => import("./screens/docs.js"), isOpen: true },
  { path: "/api/v1/docs", screen: () => import("./screens/docs.js"), isOpen: true },
  { path: "/console/parts", screen: () => import("./screens/parts.js"), isOpen: true, isPart: true },
];

export const ROUTES = ALL.filter((row) => facts.hasParts || !row.isPart);

/** The row for an address, if it is one of the console's. @param {string} pathname with the server's root @returns {Row | undefined} */
export function rowAt(pathname) {
  try {
    return ROUTES.find(({ path }) => exec(pathname, href(path)));
  } catch {
    return undefined; // it is not validly encoded
  }
}
