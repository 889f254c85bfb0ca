// What the pages share. The link's token is in the address; it goes to this server only.

export const token = location.pathname.split("/").pop();
const API = new URL("../api/v1", import.meta.url).href;
const OFFLINE = "The server cannot be reached. Check your connection, then try again.";
const ODD = "The server cannot do this now. Try again in a while.";

export const byId = (id) => document.getElementById(id);

/** Call the API: `{status, body}`; status 0 where there was no answer, with the reason in error. */
export async function call(method, path, body, access) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  if (access) headers.Authorization = `Bearer ${access}`;
  let response;
  try {
    response = await fetch(API + path, {
      method, headers, body: body && JSON.stringify(body), cache: "no-store",
      credentials: "omit", // whoever is signed in here stays so, and nobody else becomes it
    });
  } catch {
    return { status: 0, body: { error: { message: OFFLINE } } };
  }
  const answer = await response.json().catch(() => ({}));
  const known = response.ok || answer.error ? answer : { error: { message: ODD } };
  return { status: response.status, body: known };
}

/** Show one of the page's states and tell screen readers by moving the focus to its heading. */
export function show(id) {
  for (const state of document.querySelectorAll("main > section")) state.hidden = state.id !== id;
  const heading = byId(id).querySelector("h1");
  document.title = `${heading.textContent.replace(/^[✓!] /, "")} – GassAPI`;
  heading.focus();
}

/** Write a fact wherever the page has a place for it. */
export function tell(name, text) {
  for (const place of document.querySelectorAll(`[data-fact="${name}"]`)) place.textContent = text;
}

/** Say what is wrong with an input, or (empty) that nothing is. */
export function mark(input, reason) {
  byId(`${input.id}-problem`).textContent = reason;
  if (reason) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

/** Show a refusal: beside the fields it is about, or else below the form. */
export function refuse(form, error) {
  const rest = [];
  for (const { field, reason } of Array.isArray(error.details) ? error.details : []) {
    const input = form.elements.namedItem(field);
    if (input) mark(input, reason);
    else rest.push(reason);
  }
  const marked = form.querySelector("[aria-invalid]");
  if (!marked) form.querySelector("[role=alert]").textContent = rest.join(" ") || error.message;
  marked?.focus();
}

/** Have a form call `send` with its fields once they are filled in; one at a time. */
export function onSubmit(form, send, check = () => "") {
  const submit = form.querySelector(".primary");
  submit.disabled = false; // from here on somebody listens
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const inputs = [...form.querySelectorAll("input:not([type=checkbox])")];
    const boxes = [...form.querySelectorAll("[type=checkbox]")];
    form.querySelector("[role=alert]").textContent = "";
    for (const input of inputs) mark(input, check(input) || missing(input));
    const wrong = form.querySelector("[aria-invalid]");
    if (wrong) return wrong.focus();
    submit.disabled = true;
    await send(Object.fromEntries([
      ...inputs.map((input) => [input.name, input.value]),
      ...boxes.map((box) => [box.name, box.checked]),
    ]));
    submit.disabled = false;
  });
}

function missing(input) {
  const { validity, minLength } = input;
  if (validity.valueMissing) return "It is needed.";
  if (validity.typeMismatch) return "It is not an e-mail address.";
  if (input.value.length < minLength) return `At least ${minLength} characters.`;
  return "";
}

for (const button of document.querySelectorAll("[data-reveal]")) {
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", isShown);
    button.textContent = isShown ? "Hide" : "Show";
    for (const id of button.dataset.reveal.split(" ")) byId(id).type = isShown ? "text" : "password";
  });
}
