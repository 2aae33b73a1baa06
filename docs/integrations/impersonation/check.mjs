// Runs the vectors on `verify.mjs`: `node check.mjs vectors.json`. Status 1 when one comes out otherwise.

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import { accept, may, Refused, sessionOf } from "./verify.mjs";

const vectors = JSON.parse(readFileSync(process.argv[2], "utf8"));

async function outcome(each) {
  if ("method" in each) return may(each.mode, each.method);
  if ("cookies" in each) return sessionOf(each.cookies, new Map(Object.entries(vectors.sessions)));
  const used = new Set();
  const found = [];
  for (let use = 0; use < (each.uses ?? 1); use += 1) found.push(await presented(each, used));
  return found;
}

async function presented(each, used) {
  const consume = (token) => {
    if (used.has(token)) return null;
    used.add(token);
    return { live: !each.revoked };
  };
  const { keys, issuer, audience, now } = vectors;
  const isPrivileged = (subject) => vectors.privileged.includes(subject);
  try {
    return `ok ${(await accept(each.token, { keys, issuer, audience, isPrivileged }, now, consume)).mode}`;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

let wrong = 0;
for (const each of vectors.cases) {
  const found = await outcome(each);
  if (isDeepStrictEqual(found, each.expected)) continue;
  wrong += 1;
  console.log(`WRONG: ${each.name}: ${JSON.stringify(found)}`);
}
console.log(`${vectors.cases.length - wrong} of ${vectors.cases.length} as expected`);
process.exitCode = wrong ? 1 : 0;
