// Ctrl K. The server answers a fragment of role=option links.
import { post } from "./forms.js";

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = document.getElementById("palette-results");
let timer, request;

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

async function ask() {
  request?.abort();
  request = new AbortController();
  try {
    const answer = await post(document.body.dataset.paletteUrl, { q: input.value }, request.signal);
    if (answer.redirected || !answer.ok) throw new Error(answer.status);
    list.innerHTML = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") return;
    list.textContent = "No answer. Reload the page and try again.";
  }
  choose(0);
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
  else if (event.key === "Enter") options()[current]?.click();
  else return;
  event.preventDefault();
});
