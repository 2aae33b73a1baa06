// A small customer app: its own sign-in, and the visits of our team as docs/integrations/impersonation.md tells.
// Environment: ADMIN_URL, API_KEY, POLL_S (0: asks the admin on every request). Prints its address when it listens.

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { accept, COOKIE, may, Refused, sessionOf } from "../../docs/integrations/impersonation/verify.mjs";

const { ADMIN_URL, API_KEY, POLL_S = "30" } = process.env;
const OWN = "__Host-session";
const accounts = new Map(); // what each customer wrote, by the key of their sign-in
const sessions = new Map(); // of customers themselves
const visits = new Map(); // of our team, apart from those
let origin;

async function api(method, path, body) {
  const headers = { Authorization: `Bearer ${API_KEY}`, ...(body ? { "Content-Type": "application/json" } : {}) };
  const answer = await fetch(`${ADMIN_URL}/api/v1/impersonations${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 409) return null;
  if (!answer.ok) throw new Error(`the admin answered ${answer.status}`);
  return answer.json();
}

async function begin(request, response) {
  const token = (await form(request)).get("token") ?? "";
  const { keys } = await api("GET", "/keys");
  const isPrivileged = () => false; // this app has no accounts of its own staff
  const expected = { keys, issuer: "hireinbox-admin", audience: origin, isPrivileged };
  const consume = (text) => api("POST", "/consume", { token: text });
  let claims;
  try {
    claims = await accept(token, expected, Date.now() / 1000, consume);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return page(response, 403, `<h1>This visit can't begin</h1><p id="why">${error.message}</p>`);
  }
  const key = randomBytes(32).toString("base64url");
  const { jti, sub, act, mode, ticket, smax } = claims;
  visits.set(key, { id: jti, sub, by: act.sub, mode, ticket, until: Date.now() + smax * 1000, asked: Date.now(), pages: 0 });
  // Not a redirect: a strict cookie does not come along on one that began at the admin's origin.
  const headers = { "Set-Cookie": `${COOKIE}=${key}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=${smax}` };
  page(response, 200, '<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Go on</a></p>', headers);
}

async function isOver(visit) {
  if (Date.now() >= visit.until) return true;
  if (Date.now() - visit.asked < POLL_S * 1000) return false;
  const pages = visit.pages;
  const standing = pages ? await api("POST", `/${visit.id}/activity`, { pages, records: pages }) : await api("GET", `/${visit.id}`);
  visit.pages -= pages;
  visit.asked = Date.now();
  return !standing?.live;
}

async function visited(request, response, key, visit, path) {
  if (await isOver(visit)) {
    visits.delete(key);
    return page(response, 401, "<h1>This visit has ended</h1>", { "Set-Cookie": gone() });
  }
  if (path === "/impersonation/end" && request.method === "POST") {
    visits.delete(key);
    await api("POST", `/${visit.id}/end`, { pages: visit.pages, records: visit.pages, by: "person" });
    return page(response, 200, "<h1>This visit has ended</h1>", { "Set-Cookie": gone() });
  }
  if (!may(visit.mode, request.method)) return page(response, 403, "<h1>You are only looking</h1>");
  visit.pages += 1;
  const left = Math.ceil((visit.until - Date.now()) / 60000);
  const banner = `<p id="banner">${visit.by} looks as ${visit.sub}, ticket ${visit.ticket}, ${left} minutes left</p>
    <form method="post" action="/impersonation/end"><button>End</button></form>`;
  await account(request, response, visit.sub, path, banner);
}

async function account(request, response, subject, path, banner = "") {
  if (path === "/name" && request.method === "POST") accounts.set(subject, (await form(request)).get("name"));
  const name = `<p id="account">${subject}: ${accounts.get(subject) ?? "no name"}</p>`;
  page(response, 200, `${banner}<h1>Account</h1>${name}<form method="post" action="/name"><input name="name"><button>Save</button></form>`);
}

async function signIn(request, response) {
  const key = randomBytes(32).toString("base64url");
  sessions.set(key, (await form(request)).get("user"));
  page(response, 200, "<p>Signed in</p>", { "Set-Cookie": `${OWN}=${key}; Path=/; Secure; HttpOnly; SameSite=Lax` });
}

async function answer(request, response) {
  const path = new URL(request.url, origin).pathname;
  if (path === "/api/impersonation" && request.method === "POST") return begin(request, response);
  if (path === "/sign-in" && request.method === "POST") return signIn(request, response);
  const cookies = cookiesOf(request);
  const visit = sessionOf(cookies, visits);
  if (visit) return visited(request, response, cookies[COOKIE], visit, path);
  const subject = sessions.get(cookies[OWN]);
  if (subject && path !== "/impersonation/end") return account(request, response, subject, path);
  page(response, subject ? 404 : 401, "<h1>Sign in</h1>");
}

const gone = () => `${COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0`;

function page(response, status, body, headers = {}) {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", ...headers });
  response.end(`<!doctype html><html lang="en"><title>Customer app</title><link rel="icon" href="data:,">${body}</html>`);
}

async function form(request) {
  let text = "";
  for await (const chunk of request) if ((text += chunk).length > 10_000) throw new Error("too long");
  return new URLSearchParams(text);
}

function cookiesOf(request) {
  const pairs = (request.headers.cookie ?? "").split("; ").map((pair) => pair.split("="));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2));
}

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) page(response, 500, "<h1>Something failed</h1>");
  });
});
server.listen(0, "localhost", () => {
  origin = `http://localhost:${server.address().port}`;
  console.log(origin);
});
