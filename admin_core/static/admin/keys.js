// Single keys, never inside inputs; body[data-keys=off] leaves only Ctrl K, which has a modifier.
import { openPalette } from "./palette.js";
import { rows } from "./rows.js";

const TYPING = "input:not([type=checkbox],[type=radio]),textarea,select,[contenteditable],.ts-wrapper";
let waiting = 0;

const row = () => document.querySelector("tr.is-current");

function move(step) {
  const all = rows();
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(row()) + step))];
  if (!next) return;
  row()?.classList.remove("is-current");
  next.classList.add("is-current");
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const editOf = (row) => row?.dataset.edit ?? (row?.closest("[data-edits]") ? `${row.dataset.href}/edit` : undefined);
const go = (url) => url && location.assign(url);

const KEYS = {
  "?": () => document.getElementById("help-sheet")?.showModal(),
  "/": () => {
    const search = document.querySelector("[data-search]");
    if (search) search.select();
    else openPalette();
  },
  j: () => move(1),
  k: () => move(-1),
  x: () => row()?.querySelector("[data-select-row]")?.click(),
  e: () => go(editOf(row()) ?? document.querySelector("a[data-key-edit]")?.href),
  Enter: () => go(row()?.dataset.href),
  g: () => (waiting = Date.now()),
};

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k" && openPalette()) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && event.target.matches("[data-search]")) return event.target.blur();
  if (document.body.dataset.keys === "off" || event.target.closest(TYPING)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target.closest("a,button,input,summary")) return;
  const jump = Date.now() - waiting < 1500;
  waiting = 0;
  if (jump) return go(document.querySelector(`a[data-jump="${CSS.escape(event.key)}"]`)?.href);
  if (!Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
