// Shows an invitation, signs its person in or up, and joins.

import { byId, call, onSubmit, refuse, show, tell, token } from "./page.js";

const forms = { register: byId("register"), login: byId("login") };
let access = ""; // in memory only: gone when the page is
let project = ""; // the id of the one that was joined

async function load() {
  const { status, body } = await call("GET", `/invitations/${encodeURIComponent(token)}`);
  if (status === 200) {
    const { projectName, inviterName, email, expiresAt, canRegister } = body.invitation;
    tell("project", projectName);
    tell("inviting", inviterName ? `${inviterName} invites you` : "You are invited");
    tell("email", email);
    tell("expires", new Date(expiresAt).toLocaleString(undefined,
      { dateStyle: "long", timeStyle: "short" }));
    tell("address", new URL("..", location.href).href.replace(/\/$/, ""));
    byId("closed").hidden = canRegister;
    document.querySelector(".choice").hidden = !canRegister;
    if (!canRegister) choose("login");
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

/** Show one of the two forms. */
function choose(name) {
  for (const button of document.querySelectorAll("[data-choose]")) {
    const isChosen = button.dataset.choose === name;
    button.setAttribute("aria-pressed", isChosen);
    forms[button.dataset.choose].hidden = !isChosen;
  }
}

/** Join with the access token; return whether the page has moved on. */
async function join() {
  const { status, body } = await call("POST", "/invitations/accept", { token }, access);
  if (status < 300 && status || status === 409) { // 409: a member already
    project = body.project?.id ?? "";
    byId("connect").hidden = !project;
    byId("elsewhere").hidden = Boolean(project);
    show("done");
  } else if (status === 410 || status === 404) show("gone");
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

/** Show how a client is connected: text only, but for links that begin as they should. */
function tellConfiguration(client, made) {
  const { config, instructions, link, token: secret, variable } = made;
  tell("instructions", instructions);
  tell("title", client.textContent);
  const isLink = /^(?:https?:\/\/|cursor:\/\/|vscode:mcp\/)/.test(link ?? "");
  byId("link-line").hidden = !isLink;
  if (isLink) byId("link").href = link;
  const line = variable ? `${variable}=${secret}` : secret;
  byId("variable").textContent = line;
  byId("variable").hidden = byId("variable-line").hidden = !line;
  byId("config").textContent = typeof config === "string" ? config : JSON.stringify(config, null, 2);
  byId("made").hidden = false;
}

onSubmit(byId("connect"), async () => {
  const client = byId("connect-client").selectedOptions[0];
  const path = `/projects/${project}/generate-config`;
  const { status, body } = await call("POST", path, { client: client.value }, access);
  if (status !== 201) return refuse(byId("connect"), body.error);
  tellConfiguration(client, body);
});

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
  button.addEventListener("click", () => choose(button.dataset.choose));
}
load();
