// Rows selected by box, shift-click or x; the selection bar counts. Loaded where a list has boxes.
const boxes = () => [...document.querySelectorAll("[data-select-row]")];
let last = null;

function count() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  all.forEach((box) => box.closest("tr").classList.toggle("is-selected", box.checked));
  const head = document.querySelector("[data-select-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && !head.checked;
  }
  const bar = document.querySelector("[data-selection-bar]");
  if (!bar) return;
  bar.classList.toggle("is-open", chosen.length > 0);
  bar.querySelector("[data-scope]").value = "page";
  bar.querySelector("[data-selected-count]").textContent = chosen.length;
  bar.querySelector("[data-select-matching]")?.toggleAttribute("hidden", chosen.length < all.length);
}

function matching(button) {
  const bar = button.closest("[data-selection-bar]");
  bar.querySelector("[data-scope]").value = "matching";
  bar.querySelector("[data-selected-count]").textContent = button.dataset.selectMatching;
  button.hidden = true;
}

function pick(box, range) {
  const all = boxes();
  if (range && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
  }
  last = box;
  count();
}

addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const box = at("[data-select-row]");
  if (box) pick(box, event.shiftKey);
  else if (at("[data-select-all],[data-select-none]")) {
    boxes().forEach((each) => (each.checked = Boolean(event.target.checked)));
    count();
  } else if (at("[data-select-matching]")) {
    event.preventDefault(); // without script the button itself selects them
    matching(at("[data-select-matching]"));
  }
});
// The browser may restore ticked boxes.
addEventListener("pageshow", count);
count();
