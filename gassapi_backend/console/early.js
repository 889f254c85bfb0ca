// Runs within the page, before any module is there: what a first screen waits for is asked for at once.

(() => {
  const { root = "", reads = "", isIn } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
  const home = new URL(root, location.href);
  /** @type {import("./place.js").Early} */
  const early = {};
  /** @type {any} */ (window).early = early;

  /** @param {string} path */
  const at = (path) => new URL(`api/v1${path}`, home).href;

  /** @param {string} path @param {object} body */
  function post(path, body) {
    const headers = { Accept: "application/json, */*;q=0.5", "Content-Type": "application/json" };
    const sent = fetch(at(path), { method: "POST", headers, body: JSON.stringify(body) });
    sent.catch(() => {}); // said by who takes it over
    return sent;
  }

  function wasIn() {
    try {
      return localStorage.getItem(`gassapi:${home.pathname}:signed-in`) !== null;
    } catch {
      return true; // no storage: ask the server
    }
  }

  /** Ask for something as a module will: it then finds it here. @param {string} path */
  function preload(path) {
    const link = Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "", href: at(path) });
    document.head.append(link);
  }

  if (isIn === undefined && wasIn()) {
    const { classList } = document.documentElement;
    classList.add("returning");
    early.refreshed = post("/auth/refresh", {});
    early.refreshed.then(({ ok, status }) => {
      if (ok) reads.split(" ").filter(Boolean).forEach(preload);
      else if (status < 500) classList.remove("returning"); // else nobody knows yet whether they are out
    }, () => {});
  }

  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.closest("#first")) return;
    event.preventDefault();
    if (early.isSent) return;
    early.isSent = true;
    form.querySelector(".primary")?.setAttribute("aria-busy", "true");
    if (form.checkValidity()) early.signedIn = post("/auth/login", Object.fromEntries(new FormData(form)));
  });

  document.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement} */ (target);
    const input = button.matches("#first .joined button") && button.previousElementSibling;
    if (!(input instanceof HTMLInputElement)) return;
    input.type = input.type === "text" ? "password" : "text";
    [button.textContent, button.dataset.other] = [button.dataset.other ?? "", button.textContent];
  });
})();
