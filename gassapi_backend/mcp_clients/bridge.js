// The bridge in the bundle for Claude Desktop: JSON-RPC lines of standard input go to the server's
// /mcp, its answers come back as lines. It does what `gassapi-backend mcp stdio` does, with what
// Node.js 18 has built in. Standard output is for the protocol, standard error for the log.

"use strict";

const PATIENCE = 30_000; // milliseconds that a server may be unreachable, as while it restarts
const ANSWER_TIME = 330_000;
const MAX_AT_ONCE = 16; // others wait for their turn
const DRAIN_TIME = 10_000; // for requests in progress when the input ends
const VERSION = "io.modelcontextprotocol/protocolVersion";
const NAMED = { "tools/call": "name", "prompts/get": "name", "resources/read": "uri" };
const READING = new Set(["initialize", "ping", "server/discover", "tools/list", "resources/list",
  "resources/templates/list", "resources/read", "prompts/list", "prompts/get",
  "completion/complete"]);
const NOT_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT"]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const address = (process.env.GASSAPI_URL || "").trim().replace(/\/+$/, "").replace(/\/mcp$/, "");
const token = (process.env.GASSAPI_TOKEN || "").trim();
const open = new Map(); // requests in progress, by their ids as JSON
const running = new Set();
const waiting = []; // those still waiting for their turn
let negotiated = null;
let active = 0;
let hasEnded = false;

function note(sentence) {
  process.stderr.write(`gassapi: ${sentence}\n`);
}

function write(line) {
  process.stdout.write(line.replace(/[\r\n]/g, " ").trim() + "\n");
}

function refuse(message, sentence) {
  note(sentence);
  if (!message.wantsAnswer || message.isCancelled) return;
  write(JSON.stringify(
    { jsonrpc: "2.0", id: message.id, error: { code: -32000, message: sentence } }));
}

/** Why there is no server to talk to; empty if there is one. */
function complaint() {
  if (/[${}<>%]/.test(token)) return "The token was not filled in: open the extension's settings.";
  if (!/^[!-~]+$/.test(token)) return "There is no token: open the extension's settings.";
  try {
    const { protocol, username, search, hash } = new URL(address);
    if (/^https?:$/.test(protocol) && !username && !search && !hash) return "";
  } catch {
    // said below
  }
  return "The address of the server has to be like https://api.example.com.";
}

/** What is needed of a line to send it; the server refuses one that is not a message. */
function read(raw) {
  let body;
  try {
    body = JSON.parse(raw);
  } catch {
    body = null;
  }
  if (body === null || typeof body !== "object" || Array.isArray(body)) {
    return { raw, method: "", wantsAnswer: true, id: null, params: {} };
  }
  const { method } = body;
  const params = body.params !== null && typeof body.params === "object" ? body.params : {};
  if (typeof method !== "string") {
    return { raw, method: "", wantsAnswer: !("result" in body || "error" in body),
      id: body.id ?? null, params };
  }
  return { raw, method, wantsAnswer: "id" in body, id: body.id ?? null, params };
}

function mayBeRepeated({ method, params, wantsAnswer }) {
  return READING.has(method) || !wantsAnswer || Boolean(params.arguments?.idempotency_key);
}

function field(value) {
  const isPlain = /^[!-~]([ -~]*[!-~])?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`;
}

function headersOf({ method, params }) {
  const headers = {
    "Content-Type": "application/json",
    Accept: "application/json, text/event-stream",
    Authorization: `Bearer ${token}`,
    "User-Agent": "gassapi bundle",
  };
  const version = params._meta?.[VERSION];
  if (typeof version === "string") {
    headers["MCP-Protocol-Version"] = field(version);
    headers["Mcp-Method"] = field(method);
    const name = params[NAMED[method]];
    if (typeof name === "string") headers["Mcp-Name"] = field(name);
  } else if (negotiated && method !== "initialize") {
    headers["MCP-Protocol-Version"] = negotiated;
  }
  return headers;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What is wrong with an answer that does not follow the protocol. */
function problemOf(status, type, where, text) {
  const said = parsed(text)?.error?.message;
  const sentence = typeof said === "string" ? said.slice(0, 500).replace(/\p{Cc}/gu, " ") : "";
  if (REDIRECTS.has(status)) {
    return `The address redirects to ${where.slice(0, 200).replace(/\?.*/, "") || "another"}. The `
      + "token is not sent there: if that is the right address, use it.";
  }
  if (type === "text/html") {
    return `A web page answers there (status ${status}), not the server. Is a proxy or a sign-in `
      + "page in between, or is the address wrong?";
  }
  if (status === 401) return sentence || "The server does not accept this token.";
  if (status === 403) return sentence || "The server refuses this token or this address.";
  if (status === 404) return "There is no MCP server at that address.";
  if (status === 405) return "What answers at that address does not accept MCP messages.";
  if (status === 502 || status === 504) return "The proxy cannot reach the server.";
  if (status === 429) return sentence || "Too many requests: wait a little.";
  if (status >= 500) return sentence || `The server failed (status ${status}); its log says why.`;
  if (status >= 400) return sentence || `The server refuses the message (status ${status}).`;
  return "What answers at that address does not speak MCP.";
}

function unknown(message, sentence) {
  return mayBeRepeated(message) ? sentence
    : `${sentence} The request may have been carried out: check before you repeat it.`;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Send a message, retry later if that is safe, and write the answer. */
async function passOn(message) {
  const until = Date.now() + PATIENCE;
  for (let wait = 100; ; wait = Math.min(2 * wait, 2_000)) {
    let sentence;
    let isSafe = true;
    let longer = 0;
    try {
      const answer = await fetch(`${address}/mcp`, {
        method: "POST", headers: headersOf(message), body: message.raw, redirect: "manual",
        signal: AbortSignal.any?.([message.abort.signal, AbortSignal.timeout(ANSWER_TIME)])
          ?? message.abort.signal,
      });
      const type = (answer.headers.get("content-type") || "").split(";")[0].trim().toLowerCase();
      if (answer.ok && type === "text/event-stream") return await stream(message, answer);
      const text = await answer.text();
      const isAway = [429, 503].includes(answer.status)
        || ([502, 504].includes(answer.status) && mayBeRepeated(message));
      if (!isAway) return finish(message, answer, type, text);
      sentence = problemOf(answer.status, type, "", text);
      const wanted = answer.headers.get("retry-after") || "";
      longer = /^\d+$/.test(wanted) ? 1_000 * Number(wanted) : 0;
    } catch (error) {
      if (message.isCancelled) return;
      const code = error.cause?.code || error.cause?.errors?.[0]?.code || error.name;
      const isUnsent = NOT_SENT.has(code);
      isSafe = isUnsent ? code !== "ENOTFOUND" : mayBeRepeated(message);
      sentence = isUnsent ? `The server cannot be reached at ${address} (${code}).`
        : unknown(message, "The connection ended before the answer came.");
      if (/CERT|SELF_SIGNED|SIGNATURE/.test(code)) {
        isSafe = false;
        sentence = `The server's certificate is not trusted here (${code}).`;
      }
    }
    const next = Math.max(wait, longer);
    if (!isSafe || hasEnded || message.isCancelled || Date.now() + next > until) {
      return refuse(message, sentence);
    }
    await pause(next);
  }
}

function finish(message, answer, type, text) {
  if (!message.wantsAnswer) {
    if (!answer.ok) note(problemOf(answer.status, type, "", text));
    return;
  }
  const body = parsed(text);
  if (body?.jsonrpc !== "2.0") {
    const where = answer.headers.get("location") || "";
    return refuse(message, problemOf(answer.status, type, where, text));
  }
  agree(message, body);
  if (message.isCancelled) return;
  const isUnnamed = "error" in body && (body.id ?? null) === null && message.id !== null;
  write(isUnnamed ? JSON.stringify({ ...body, id: message.id }) : text);
}

function agree(message, body) {
  const version = body?.result?.protocolVersion;
  if (message.method === "initialize" && /^[!-~]+$/.test(version || "")) negotiated = version;
}

/** Write each message of a stream as it comes. */
async function stream(message, answer) {
  const decoder = new TextDecoder();
  let rest = "";
  let lines = [];
  let isAnswered = false;
  try {
    for await (const chunk of answer.body) {
      rest += decoder.decode(chunk, { stream: true });
      const found = rest.split(/\r\n|\n/);
      rest = found.pop();
      for (const line of found) {
        if (line.startsWith("data:")) lines.push(line.slice(5).replace(/^ /, ""));
        if (line || !lines.length) continue;
        const body = parsed(lines.join("\n"));
        agree(message, body);
        isAnswered ||= body && !("method" in body) && body.id === message.id;
        if (!message.isCancelled) write(lines.join(" "));
        lines = [];
      }
    }
  } catch (error) {
    if (!message.isCancelled) note(`A stream broke off: ${error.name}.`);
  }
  if (!isAnswered) refuse(message, unknown(message, "The answer broke off."));
}

/** Do it when its turn comes; an endless stream takes no turn from others. */
async function inTurn(message) {
  if (message.method === "subscriptions/listen") return passOn(message);
  if (active >= MAX_AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
  else active += 1;
  try {
    if (!message.isCancelled) await passOn(message);
  } finally {
    if (waiting.length) waiting.shift()(); // hands over the turn
    else active -= 1;
  }
}

function cancel(key) {
  const message = open.get(key);
  if (!message) return;
  message.isCancelled = true;
  message.abort.abort();
}

function take(raw) {
  const message = { ...read(raw), isCancelled: false, abort: new AbortController() };
  const wrong = complaint();
  if (wrong) return refuse(message, wrong);
  if (message.method === "notifications/cancelled") {
    cancel(JSON.stringify(message.params.requestId ?? null));
  }
  const key = JSON.stringify(message.id);
  if (message.wantsAnswer && message.id !== null) open.set(key, message);
  const job = inTurn(message).catch((error) => refuse(message, `The bridge failed: ${error.name}.`))
    .finally(() => {
      if (open.get(key) === message) open.delete(key);
      running.delete(job);
    });
  running.add(job);
}

let rest = Buffer.alloc(0);
process.stdin.on("data", (chunk) => {
  rest = Buffer.concat([rest, chunk]);
  for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
    const line = rest.subarray(0, end);
    rest = rest.subarray(end + 1);
    if (line.toString().trim()) take(Buffer.from(line));
  }
});
process.stdin.on("end", async () => {
  hasEnded = true;
  for (const [key, { method }] of open) if (method === "subscriptions/listen") cancel(key);
  await Promise.race([Promise.allSettled([...running]), pause(DRAIN_TIME)]);
  process.stdout.write("", () => process.exit(0));
});
process.stdout.on("error", () => process.exit(0)); // the reader is gone
