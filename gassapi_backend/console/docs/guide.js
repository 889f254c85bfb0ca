// The short guide before the reference.

import { html } from "../vendor.js";
import { Prose } from "./about.js";

const GUIDE = {
  "First call": "Sign in with `POST /auth/login`: the answer holds `tokens.accessToken`, good for 15 minutes, and a refresh token for the next one. Send it as `Authorization: Bearer …`. Then `GET /projects` lists what you are in. In a browser, cookies do the same.",
  "Tokens for programs": "Scripts and assistants do not sign in: `POST /mcp/tokens` issues a token of one project, to read or to write, sent as `X-MCP-Token` or as a bearer token. It is shown once, and can expire and be revoked.",
  Pages: "Lists take `page` and `limit`, and answer with `pagination`. Long ones give a `nextCursor` too: send it as `cursor` to go on exactly where the page ended, whatever was added meanwhile.",
  Refusals: "Every refusal has `error.code` for programs, `error.message` for people, and a `requestId` that the server's log has, too. A 429 says in `Retry-After` when to come again. A POST with an `Idempotency-Key` can be repeated without doing anything twice.",
  "Staying in sync": "Everything has a `revision`, which is its `ETag`: send it as `If-Match`, and a change that somebody else made meanwhile is not overwritten (412, with what is there now). `GET /projects/{projectId}/changes` tells what happened after a revision, `/events` the same as it happens.",
};

export const Guide = () => html`<section class="stack" aria-labelledby="guide">
  <h2 id="guide">In short</h2>
  ${Object.entries(GUIDE).map(([title, text]) => html`<div><h3>${title}</h3><${Prose} text=${text} /></div>`)}
</section>`;
