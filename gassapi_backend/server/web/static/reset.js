// Sets a new password, or asks for a new link where this one is over.

import { byId, call, onSubmit, refuse, show, token } from "./page.js";

const form = byId("form");
const forgot = byId("forgot");

const isOther = (input) =>
  input.name === "again" && input.value !== byId("password").value ? "The two are not the same." : "";

onSubmit(form, async ({ password, revokeTokens }) => {
  const given = { token, password, revokeTokens };
  const { status, body } = await call("POST", "/auth/reset-password", given);
  const fields = Array.isArray(body.error?.details) ? body.error.details : [];
  if (status === 200) show("done");
  else if (status === 410) show("gone");
  else if (fields.some(({ field }) => field === "token")) show("broken");
  else refuse(form, body.error);
}, isOther);

onSubmit(forgot, async ({ email }) => {
  const { status, body } = await call("POST", "/auth/forgot-password", { email });
  if (status === 200) show("asked");
  else refuse(forgot, body.error);
});
