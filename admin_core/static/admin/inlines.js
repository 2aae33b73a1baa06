// Inline rows: "Add another" copies the template instead of asking the server.
import { boot } from "./forms.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-inline-add]");
  if (!button) return;
  event.preventDefault();
  const key = button.dataset.inlineAdd;
  const rows = document.querySelector(`[data-inline="${key}"]`);
  const form = new RegExp(`^i-${key}-(\\d+)-`);
  const taken = [...button.form.elements].map((each) => Number(form.exec(each.name)?.[1] ?? -1));
  const template = document.querySelector(`template[data-inline-template="${key}"]`);
  const copy = document.createElement("div");
  copy.append(template.content.cloneNode(true));
  const number = String(Math.max(-1, ...taken) + 1);
  for (const each of copy.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      const value = each.getAttribute(name);
      if (value?.includes("__n__")) each.setAttribute(name, value.replaceAll("__n__", number));
    }
  }
  const row = copy.firstElementChild;
  rows.append(row);
  boot(row);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
});
