// Confirms an address for whoever signs in to its account, or closes the account of a stranger.

import { byId, call, onSubmit, refuse, show, token } from "./page.js";

const form = byId("form");
const close = byId("close");

/** Show what became of the link; return whether the page has moved on. */
function moved(status, body, done) {
  const fields = Array.isArray(body.error?.details) ? body.error.details : [];
  if (status === 200) show(done);
  else if (status === 410) show("gone");
  else if (fields.some(({ field }) => field === "token")) show("broken");
  else return false;
  return true;
}

onSubmit(form, async (fields) => {
  const entered = await call("POST", "/auth/login", fields);
  if (entered.status !== 200) return refuse(form, entered.body.error);
  const access = entered.body.tokens.accessToken;
  const { status, body } = await call("POST", "/auth/verify-email", { token }, access);
  await call("POST", "/auth/logout", {}, access); // it was for this only
  if (!moved(status, body, "done")) refuse(form, body.error);
});

onSubmit(close, async () => {
  const { status, body } = await call("POST", "/auth/disown-account", { token });
  if (!moved(status, body, "closed")) refuse(close, body.error);
});

byId("disown").addEventListener("click", () => show("other"));
byId("back").addEventListener("click", () => show("ask"));
