// Confirms an address when its person asks for it: programs that open links in mails do not.

import { byId, call, onSubmit, refuse, show, token } from "./page.js";

const form = byId("form");

onSubmit(form, async () => {
  const { status, body } = await call("POST", "/auth/verify-email", { token });
  if (status === 200) show("done");
  else if (status === 410) show("gone");
  else if (status === 400) show("broken");
  else refuse(form, body.error);
});
