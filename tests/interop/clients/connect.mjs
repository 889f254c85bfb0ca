// Connects the official client as it is told, and prints what the server says: one line of JSON.
// It is copied beside the packages that it needs.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const [url, mode] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${process.env.GASSAPI_TOKEN}` };
const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
const client = new Client({ name: "interop", version: "1" }, { versionNegotiation: { mode: mode.startsWith("2") ? { pin: mode } : mode } });
await client.connect(transport);
const { tools } = await client.listTools();
const read = await client.callTool({ name: "get_project_context", arguments: {} });
const refused = await client.callTool({ name: "get_endpoint", arguments: { endpoint_id: "nothing" } });
console.log(JSON.stringify({
  tools: tools.map(({ name }) => name),
  isError: Boolean(read.isError),
  isRefused: Boolean(refused.isError),
  hasStructure: "structuredContent" in refused,
  version: client.getNegotiatedProtocolVersion?.() ?? null,
}));
await client.close();
