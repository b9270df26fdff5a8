// AsyncAPI's own parser reads the document at the address that is the argument.

import assert from "node:assert";
import { Parser } from "@asyncapi/parser";

// We stay with 3.0, which more tools read.
const ADVICE = "asyncapi-latest-version";

const text = await (await fetch(process.argv[2])).text();
const read = async (document) => {
  const { document: parsed, diagnostics } = await new Parser().parse(document);
  return [parsed, diagnostics.filter(({ code }) => code !== ADVICE)];
};

const [parsed, faults] = await read(text);
assert.deepStrictEqual(faults, []);
const messages = parsed.allMessages().all();
assert(messages.length > 0);

// A parser that finds fault with nothing would say as much of it.
const exchange = '"type":"topic"';
assert(text.includes(exchange));
assert.notDeepStrictEqual((await read(text.replace(exchange, '"type":"subject"')))[1], []);

console.log(`AsyncAPI's parser: ${messages.length} messages, nothing wrong`);
