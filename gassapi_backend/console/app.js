// The console: finds out who is signed in, and shows the screen at the address.

import {
  ErrorBoundary, html, LocationProvider, render, Route, Router, useEffect, useErrorBoundary, useLocation,
} from "./vendor.js";
import { isUpgraded } from "./api.js";
import { Banners, Frame } from "./frame.js";
import { laterScreen, loadQuietly } from "./later.js";
import { Questions, Toasts } from "./parts/dialogs.js";
import { hasMoved } from "./parts/pages.js";
import { facts, href, signInAddress } from "./place.js";
import { rowAt, ROUTES } from "./routes.js";
import { load, me } from "./session.js";
import { Skeleton } from "./parts/shown.js";

const rows = ROUTES.map((row) => ({ ...row, component: laterScreen(row.screen), full: href(row.path) }));
const Refused = laterScreen(() => import("./screens/problem.js"));

/** Which links are followed within the page: to screens, unless the server has newer ones. */
const scope = /** @type {any} */ ({
  test: (/** @type {string} */ address) => {
    const { origin, pathname } = new URL(address, location.href);
    return origin === location.origin && !isUpgraded.value && facts.isWhole && Boolean(rowAt(pathname));
  },
});

function Screens() {
  const { path, route } = useLocation();
  const row = rowAt(path);
  const user = me.value; // an effect is of the render that it follows
  const isRefused = facts.problem && path === firstPath;
  const needsSignIn = isRefused ? facts.problem?.status === 401 : row && !row.isOpen;
  useEffect(() => {
    if (needsSignIn && user === null) route(signInAddress(), true);
    if (user?.isProvisional && path !== href("/password")) route(href("/password"), true);
  }, [path, needsSignIn, user]);
  useEffect(() => {
    const isWanted = path === href("/login") || (needsSignIn && !user); // and taken over there
    if (!isWanted) document.getElementById("first")?.remove();
  }, [path, needsSignIn, user]);
  if (isRefused && !needsSignIn) return html`<${Refused} problem=${facts.problem} />`;
  if (!row) return html`<${Refused} problem=${NOT_FOUND} />`;
  if (needsSignIn && !user) return user === null && document.getElementById("first") ? null : WAITING;
  const screens = html`<${ErrorBoundary}><${Router} onRouteChange=${moved}>
    ${rows.map(({ full, component }) => html`<${Route} path=${full} component=${component} />`)}
  <//><//>`;
  return row.isOpen ? screens : html`<${Frame} row=${row}>${screens}<//>`;
}

const WAITING = html`<${Banners} /><main class="waiting"><${Skeleton} /></main>`;
const NOT_FOUND = { status: 404, code: "NOT_FOUND", message: "", requestId: "" };
const firstPath = location.pathname.replace(/\/+$/, "") || "/";

function moved() {
  hasMoved.value = true;
}

function App() {
  const [error] = useErrorBoundary((problem) => console.error(problem));
  if (error) return html`<${Refused} problem=${{ status: 0, code: "BROKEN", message: String(error), requestId: "" }} />`;
  return html`<${LocationProvider} scope=${scope}><${ErrorBoundary}><${Screens} /><//><//><${Questions} /><${Toasts} />`;
}

const place = /** @type {HTMLElement} */ (document.getElementById("app"));
load();
loadQuietly([() => import("./palette.js"), () => import("./screens/new-project.js"), () => import("./screens/problem.js")]);
render(html`<${App} />`, place);
