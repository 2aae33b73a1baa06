// Ctrl K. The server answers a fragment of role=option links.
import { post } from "./forms.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = document.getElementById("palette-results");
let timer, request;
let asking; // the newest question
let answered; // the words that the list answers

const here = () => document.querySelector("[data-here-model]")?.dataset ?? {};
const place = () => ({ model: here().hereModel ?? "", record: here().hereRecord ?? "" });
const options = () => [...list.querySelectorAll("[role=option]")];

function choose(index) {
  const all = options();
  const at = (index + all.length) % all.length;
  all.forEach((option, i) => {
    option.id = `palette-${i}`;
    option.setAttribute("aria-selected", i === at);
  });
  if (!all.length) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}

function ask() {
  return (asking = fetchOptions());
}

async function fetchOptions() {
  clearTimeout(timer);
  request?.abort();
  request = new AbortController();
  const words = input.value;
  try {
    const answer = await post(document.body.dataset.paletteUrl, { q: words, ...place() }, request.signal);
    if (answer.redirected || !answer.ok) throw new Error(answer.status);
    list.innerHTML = await answer.text();
    answered = words;
  } catch (error) {
    if (error.name === "AbortError") return; // a newer question is on its way
    list.textContent = "No answer. Reload the page and try again.";
  }
  choose(0);
}

// Pasted and Enter at once: what stands there still answers other words, so its first line would be the wrong record.
async function open() {
  if (answered !== input.value) ask();
  for (let last; last !== asking; ) await (last = asking);
  options().find((option) => option.ariaSelected === "true")?.click();
}

export function openPalette() {
  if (!dialog || !document.body.dataset.paletteUrl) return false;
  if (!dialog.open) dialog.showModal();
  input.select();
  ask();
  return true;
}

input?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 150);
});
input?.addEventListener("keydown", (event) => {
  const current = options().findIndex((option) => option.ariaSelected === "true");
  if (event.key === "ArrowDown") choose(current + 1);
  else if (event.key === "ArrowUp") choose(current - 1);
  else if (event.key === "Enter") open();
  else return;
  event.preventDefault();
});

// The record's page is there: it is what was opened last.
if (here().hereModel && document.body.dataset.paletteUrl) {
  post(`${document.body.dataset.paletteUrl}/seen`, place()).catch(() => undefined);
}
