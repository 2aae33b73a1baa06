// Forms: confirmation, unsaved-changes guard, pickers, tags, JSON and money inputs.
const body = document.body;
let confirmed = null;
let dirty = null;

async function confirmSubmit(form, button, text, typed) {
  const dialog = document.getElementById("confirm-dialog");
  const [title, field, word, ok] = ["p", "label", "input", "[value=ok]"].map((part) => dialog.querySelector(part));
  title.textContent = text;
  field.hidden = !typed;
  field.firstElementChild.textContent = `Type ${typed} to confirm`;
  word.value = "";
  word.oninput = () => (ok.disabled = Boolean(typed) && word.value !== typed);
  word.oninput();
  ok.textContent = button?.textContent.trim() || "Continue";
  ok.className = `btn ${button?.classList.contains("btn-danger") ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  if (dialog.returnValue !== "ok") return button?.focus();
  confirmed = form;
  form.requestSubmit(button);
}

addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const text = button?.dataset.confirm ?? form.dataset.confirm;
  if (text && confirmed !== form) {
    event.preventDefault();
    event.stopImmediatePropagation();
    confirmSubmit(form, button, text, button?.dataset.confirmTyped);
    return;
  }
  confirmed = null;
  if (form === dirty) dirty = null;
}, true);

addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (!form) return;
  dirty = form;
  form.querySelector("[data-unsaved]")?.removeAttribute("hidden");
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

// Posted, because what is typed may be a name; an address would keep it.
export function post(url, fields, signal) {
  const token = document.querySelector("[name=csrf_token]")?.value ?? "";
  const data = new URLSearchParams({ ...fields, csrf_token: token });
  return fetch(url, { method: "POST", body: data, headers: { "HX-Request": "true" }, signal });
}

const loaded = {};
export const load = (url) => (loaded[url] ??= new Promise((done, fail) => {
  const script = Object.assign(document.createElement("script"), { src: url, onload: done, onerror: fail });
  document.head.append(script);
}));
export function style(url) {
  loaded[url] ??= Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
  document.head.append(loaded[url]);
}

const lookup = ({ dataset, multiple }) => ({
  preload: "focus",
  maxItems: multiple ? null : 1,
  searchField: [], // the server has already searched
  load: async (q, done) => {
    const answer = await post(dataset.url, { q, column: dataset.column ?? "" }).catch(() => null);
    done(answer?.ok ? await answer.json() : []);
  },
});
async function enhance(element, options) {
  style(body.dataset.tomCss);
  await load(body.dataset.tomJs);
  if (!element.tomselect && element.isConnected) new TomSelect(element, options);
}

function checkJson(area) {
  let problem = "";
  try {
    if (area.value.trim()) area.value = JSON.stringify(JSON.parse(area.value), null, 2);
  } catch (error) {
    problem = `This is not valid JSON: ${error.message}`;
  }
  say(area, problem);
}

// Tidies what the server would accept.
function checkMoney(input) {
  const bare = input.value.replace(/\s/g, " ").trim().replace(/^(-?) ?R ?/, "$1");
  const good = !bare || /^-?(\d+|\d{1,3}( \d{3})+)([.,]\d{1,2})?$/.test(bare);
  const [whole, cents = ""] = bare.replace(/ /g, "").split(/[.,]/);
  if (bare && good) input.value = `${whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0")},${cents.padEnd(2, "0")}`;
  say(input, good ? "" : "Type the amount like 1234.56 or 1 234,56.");
}

function say(control, problem) {
  control.setCustomValidity(problem);
  control.ariaInvalid = problem ? "true" : null;
  if (problem) control.reportValidity();
}

addEventListener("change", (event) => {
  const { editor, role = editor } = event.target.dataset;
  if (role === "json") checkJson(event.target);
  if (role === "money") checkMoney(event.target);
});

export function boot() {
  document.querySelectorAll("[data-role=lookup]").forEach((each) => enhance(each, lookup(each)));
  document.querySelectorAll("select[data-role=pick]").forEach((each) => enhance(each, { allowEmptyOption: true, maxOptions: null }));
  document.querySelectorAll("[data-role=tags]").forEach((each) => enhance(each, { create: true, createOnBlur: true }));
}
