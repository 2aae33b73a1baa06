// Boots everything; it all works as links and forms before.
import "./copy.js";
import "./keys.js";
import { boot } from "./forms.js";
import { openPalette } from "./palette.js";

const root = document.documentElement;
const menus = () => [...document.querySelectorAll("details.menu[open]")];

function start() {
  boot();
  document.querySelectorAll("[data-series]").forEach((box) => import("./series.js").then(({ draw }) => draw(box)));
  if (document.querySelector("[data-live]")) import("./live.js");
  if (document.querySelector("[data-select-row]")) import("./selection.js");
}

function remember(form, name, value) {
  const data = new FormData(form);
  data.set(name, value);
  fetch(form.action, { method: "POST", body: data, keepalive: true, headers: { "HX-Request": "true" } });
}

function prefer(button) {
  const { name, value, form } = button;
  if (name === "keys") document.body.dataset.keys = value;
  else root.dataset[name === "theme" ? "themeChoice" : name] = value;
  if (name === "theme") localStorage.setItem("theme", value);
  form.querySelectorAll(`[name=${name}]`).forEach((each) => (each.ariaPressed = each === button));
  remember(form, name, value);
}

function foldSidebar(button) {
  const open = root.dataset.sidebar === "closed";
  root.dataset.sidebar = open ? "open" : "closed";
  button.ariaExpanded = open;
  const form = document.querySelector("[data-live-preference]");
  if (form) remember(form, "sidebar", root.dataset.sidebar);
}

addEventListener("submit", (event) => {
  if (!event.target.matches("[data-live-preference]") || !event.submitter) return;
  event.preventDefault();
  prefer(event.submitter);
});

addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  menus().forEach((menu) => menu.contains(event.target) || (menu.open = false));
  const opener = at("[data-open-dialog]");
  if (opener) document.getElementById(opener.dataset.openDialog)?.showModal();
  if (at("[data-open-palette]") && openPalette()) event.preventDefault();
  if (at("[data-toggle-sidebar]")) foldSidebar(at("[data-toggle-sidebar]"));
  at("[data-dismiss]")?.closest("[data-toast]").remove();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menus().forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  if (location.hash === "#sidebar") location.hash = "main";
});

document.querySelector("[data-nav-filter]")?.addEventListener("input", (event) => {
  const word = event.target.value.trim().toLowerCase();
  document.querySelectorAll("#sidebar li").forEach((entry) => (entry.hidden = !entry.textContent.toLowerCase().includes(word)));
  document.querySelectorAll("#sidebar details").forEach((group) => {
    group.hidden = !group.querySelector("li:not([hidden])");
    if (word) group.open = true;
  });
});

const here = document.querySelector("#sidebar [aria-current]");
const side = here?.closest("nav");
// Scrolls the sidebar only: scrollIntoView would move the page and hide a banner.
if (side && here.offsetTop > side.clientHeight - 80) side.scrollTop = here.offsetTop - 200;
addEventListener("htmx:after:swap", start);
addEventListener("rows-added", start);
start();
