// Reads documents with the converters of Insomnia and Bruno, or has archives judged: a list of {tool, text} comes in, and
// for each goes out what the tool found, or the error that it ended with.
"use strict";

const archive = require("har-validator");
const bruno = require("@usebruno/converters");
const insomnia = require("insomnia-importers");
const yaml = require("js-yaml");

const parsed = (text) => (/^\s*[{[]/.test(text) ? JSON.parse(text) : yaml.load(text));

// Bruno's own shape, which all of its converters return.
function ofBruno(collection) {
  const found = { folders: [], requests: [] };
  const walk = (items) => {
    for (const item of items || []) {
      if (item.type === "folder") {
        found.folders.push(item.name);
        walk(item.items);
      } else if (["http-request", "graphql-request"].includes(item.type)) {
        found.requests.push({ name: item.name, method: item.request.method, url: item.request.url });
      }
    }
  };
  walk(collection.items);
  return found;
}

// Insomnia's resources, as its importer hands them to the application.
function ofInsomnia(result) {
  const found = { folders: [], requests: [] };
  for (const one of result.data.resources) {
    if (one._type === "request_group") found.folders.push(one.name);
    if (one._type === "request") {
      found.requests.push({ name: one.name, method: one.method, url: one.url });
    }
  }
  return found;
}

const tools = {
  "bruno-postman": async (text) => ofBruno((await bruno.postmanToBruno(parsed(text))).collection),
  "bruno-insomnia": async (text) => ofBruno(await bruno.insomniaToBruno(parsed(text))),
  "bruno-openapi": async (text) => ofBruno(await bruno.openApiToBruno(parsed(text))),
  "bruno-opencollection": async (text) => ofBruno(await bruno.openCollectionToBruno(parsed(text))),
  insomnia: async (text) => ofInsomnia(await insomnia.convert(text)),
  har: async (text) => {
    await archive.har(JSON.parse(text)).catch((problem) => {
      throw JSON.stringify(problem.errors);
    });
    return {};
  },
  "insomnia-postman": async (text) => {
    const found = ofInsomnia(await insomnia.convert(text));
    found.folders.shift(); // the collection itself
    return found;
  },
};

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const found = [];
  for (const { tool, text } of JSON.parse(Buffer.concat(chunks).toString("utf8"))) {
    try {
      found.push(await tools[tool](text));
    } catch (error) {
      found.push({ error: String((error && error.stack) || error) });
    }
  }
  process.stdout.write(JSON.stringify(found));
}

console.log = console.error; // the tools' own words are no answer
main();
