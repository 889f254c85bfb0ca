// Shows an invitation, signs its person in or up, and joins.

import { byId, call, onSubmit, refuse, show, tell, token } from "./page.js";

const forms = { register: byId("register"), login: byId("login") };
let access = ""; // in memory only: gone when the page is

async function load() {
  const { status, body } = await call("GET", `/invitations/${encodeURIComponent(token)}`);
  if (status === 200) {
    const { projectName, invitedByName, inviterName, email, expiresAt } = body.invitation;
    tell("project", projectName);
    tell("inviter", invitedByName ?? inviterName ?? "A member");
    tell("email", email);
    tell("expires", new Date(expiresAt).toLocaleString(undefined,
      { dateStyle: "long", timeStyle: "short" }));
    tell("address", new URL("..", location.href).href.replace(/\/$/, ""));
    show("ask");
  } else if (status === 410) {
    show("gone");
  } else if (status === 404 || status === 400) {
    show("broken");
  } else {
    byId("reason").textContent = body.error.message;
    show("away");
  }
}

/** Join with the access token; return whether the page has moved on. */
async function join() {
  const { status, body } = await call("POST", "/invitations/accept", { token }, access);
  if (status < 300 && status || status === 409) show("done"); // 409: a member already
  else if (status === 410 || status === 404) show("gone");
  else return body.error;
  return null;
}

function enter(form, path, more) {
  onSubmit(form, async (fields) => {
    const { status, body } = await call("POST", path, { ...fields, ...more });
    if (status !== 200 && status !== 201) return refuse(form, body.error);
    access = body.tokens.accessToken;
    const error = await join();
    if (error) {
      show("join");
      refuse(byId("accept"), error);
    }
  });
}

enter(forms.register, "/auth/register", { invitationToken: token });
enter(forms.login, "/auth/login", {});
onSubmit(byId("accept"), async () => {
  const error = await join();
  if (error) refuse(byId("accept"), error);
});
byId("reload").addEventListener("submit", (event) => {
  event.preventDefault();
  load();
});
for (const button of document.querySelectorAll("[data-choose]")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("[data-choose]")) {
      other.setAttribute("aria-pressed", other === button);
      forms[other.dataset.choose].hidden = other !== button;
    }
  });
}
load();
