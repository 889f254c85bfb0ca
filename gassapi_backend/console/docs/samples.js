// A request as it is typed in, for other programs.

/** @typedef {{url: string, method: string, headers: Record<string, string>, body?: string}} Asked */

const text = JSON.stringify; // whose escapes Python's strings share

/** Each takes a request, and whether a token has yet to be put in. @type {Record<string, (asked: Asked, needsToken: boolean) => string>} */
export const SAMPLES = { curl: curlOf, Python: pythonOf, JavaScript: javascriptOf };

/** @param {Asked} asked @param {boolean} needsToken */
function curlOf({ url, method, headers, body }, needsToken) {
  const quoted = (/** @type {string} */ one) => `'${one.replaceAll("'", "'\\''")}'`;
  return [
    `curl -X ${method} ${quoted(url)}`,
    ...(needsToken ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...Object.entries(headers).map((header) => `-H ${quoted(header.join(": "))}`),
    ...(body ? [`--data-raw ${quoted(body)}`] : []),
  ].join(" \\\n  ");
}

/** Standard library only, so that it runs wherever Python does. @param {Asked} asked @param {boolean} needsToken */
function pythonOf({ url, method, headers, body }, needsToken) {
  const lines = [
    ...(needsToken ? ['        "Authorization": "Bearer " + os.environ["TOKEN"],'] : []),
    ...Object.entries(headers).map(([name, value]) => `        ${text(name)}: ${text(value)},`),
  ];
  return [
    "import json", ...(needsToken ? ["import os"] : []), "import urllib.request", "",
    "request = urllib.request.Request(", `    ${text(url)},`, `    method=${text(method)},`,
    ...(lines.length ? ["    headers={", ...lines, "    },"] : []),
    ...(body ? [`    data=${text(body)}.encode(),`] : []), ")",
    "with urllib.request.urlopen(request) as response:", "    print(json.load(response))", "",
  ].join("\n");
}

/** @param {Asked} asked @param {boolean} needsToken */
function javascriptOf({ url, method, headers, body }, needsToken) {
  const lines = [
    ...(needsToken ? ["    Authorization: `Bearer ${token}`,"] : []),
    ...Object.entries(headers).map(([name, value]) => `    ${text(name)}: ${text(value)},`),
  ];
  return [
    ...(needsToken ? ["const token = process.env.TOKEN; // or wherever it is kept", ""] : []),
    `const response = await fetch(${text(url)}, {`, `  method: ${text(method)},`,
    ...(lines.length ? ["  headers: {", ...lines, "  },"] : []),
    ...(body ? [`  body: ${text(body)},`] : []), "});",
    "const answer = await response.json();", "if (!response.ok) throw new Error(answer.error.message);", "console.log(answer);", "",
  ].join("\n");
}
