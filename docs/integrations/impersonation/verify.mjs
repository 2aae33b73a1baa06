// Verifies the token by which the admin lets a member of the team into your app as a customer.
// Copy this file into your app. Needs Node 20 or newer and no library. `check.mjs` runs the vectors on it.

import { createPublicKey, verify as verifySignature } from "node:crypto";

const LONGEST_LIFE_S = 90;
const SKEW_S = 5;
const LONGEST_SESSION_S = 1800;
export const COOKIE = "__Host-impersonation";
const SAFE = new Set(["GET", "HEAD"]);

/** The token lets nobody in; the word says why. Log the word, show a plain sentence. */
export class Refused extends Error {}

/**
 * Returns what the token says when it may open a session; throws Refused.
 * expected: {keys, issuer, audience, isPrivileged}; keys are those of GET /api/v1/impersonations/keys (read them anew
 * when a token is refused with "kid"), audience is your own origin, isPrivileged(sub) says whether an account of yours
 * is of the team or inactive (may be asynchronous). Without it nothing is verified: an app that does not ask would let
 * our team in as its own administrators.
 * consume(token): sends it to POST /api/v1/impersonations/consume; returns the answer, null when that refuses (409).
 */
export async function accept(token, expected, now, consume) {
  const claims = await verify(token, expected, now);
  const standing = await consume(token);
  require(standing !== null, "used");
  require(standing.live === true, "ended");
  return claims;
}

/** Returns what a genuine token for us says at this moment (seconds since 1970); throws Refused. */
export async function verify(token, expected, now) {
  const { header, claims, signed, signature } = partsOf(token);
  require(header.alg === "EdDSA", "alg"); // before anything else: never let a token choose how it is checked
  require(header.typ === "imp+jwt", "typ");
  requireSignature(header, signed, signature, expected.keys);
  require(claims.iss === expected.issuer, "iss");
  require(claims.aud === expected.audience, "aud");
  require(claims.purpose === "impersonate", "purpose");
  requireTime(claims, now);
  await requirePeople(claims, expected);
  require(claims.mode === "ro" || claims.mode === "rw", "mode");
  require(Number.isInteger(claims.smax) && claims.smax > 0 && claims.smax <= LONGEST_SESSION_S, "smax");
  require(isText(claims.jti), "jti");
  return claims;
}

function partsOf(token) {
  const parts = typeof token === "string" ? token.split(".") : [];
  require(parts.length === 3 && parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part)), "malformed");
  const [head, body, tail] = parts;
  let header, claims;
  try {
    header = JSON.parse(Buffer.from(head, "base64url"));
    claims = JSON.parse(Buffer.from(body, "base64url"));
  } catch {
    throw new Refused("malformed");
  }
  require(isObject(header) && isObject(claims), "malformed");
  return { header, claims, signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(tail, "base64url") };
}

function requireSignature(header, signed, signature, keys) {
  const jwk = keys.find((each) => each.kid === header.kid && each.crv === "Ed25519");
  require(jwk, "kid");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: jwk.x }, format: "jwk" });
  require(verifySignature(null, signed, key, signature), "signature");
}

function requireTime(claims, now) {
  require([claims.iat, claims.nbf, claims.exp].every(Number.isInteger), "time");
  const life = claims.exp - claims.iat;
  require(life > 0 && life <= LONGEST_LIFE_S, "lifetime");
  require(claims.nbf <= now + SKEW_S && claims.iat <= now + SKEW_S, "early");
  require(now < claims.exp, "expired");
}

async function requirePeople(claims, expected) {
  const acts = isObject(claims.act) ? claims.act.sub : undefined;
  require(isText(acts), "act");
  require(isText(claims.sub), "sub");
  require(acts !== claims.sub, "self");
  require(!(await expected.isPrivileged(claims.sub)), "privileged");
}

/** Returns whether a request by this method may be answered in a session of this mode. */
export const may = (mode, method) => mode === "rw" || SAFE.has(method);

/** Returns the impersonation session of a request, null without one. Your users' own cookie is never asked. */
export const sessionOf = (cookies, sessions) => sessions.get(cookies[COOKIE] ?? "") ?? null;

function require(holds, word) {
  if (!holds) throw new Refused(word);
}

const isText = (value) => typeof value === "string" && value !== "";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
