// Makes the console's bundle of other people's work, and the notice that tells whose it is.
// Usage: node build.mjs FOLDER, where FOLDER gets vendor.js and vendor.notice.txt.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const BUNDLED = ["preact", "@preact/signals", "@preact/signals-core", "htm", "preact-iso"];
const folder = process.argv[2];

await build({
  entryPoints: ["vendor-entry.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  banner: { js: "// Made by tests/interop/console/build.mjs; whose work it is: vendor.notice.txt" },
  outfile: join(folder, "vendor.js"),
});

const notices = [];
for (const name of BUNDLED) {
  const home = join("node_modules", name);
  const { version, license } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
  const text = await readFile(join(home, "LICENSE"), "utf8");
  notices.push(`${name} ${version} (${license})\n\n${text.trim()}\n`);
}
const line = `${"-".repeat(76)}\n`;
const head = "vendor.js holds these packages, minified.\n";
await writeFile(join(folder, "vendor.notice.txt"), [head, ...notices].join(`\n${line}\n`));
