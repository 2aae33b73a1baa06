// Forms: confirmation, unsaved-changes guard, pickers, tags, JSON and money inputs. All work without it, plainly.
const body = document.body;
const confirmed = new WeakSet();
let dirty = null;

async function confirmSubmit(form, button, text, typed) {
  const dialog = document.getElementById("confirm-dialog");
  const field = dialog.querySelector("[data-confirm-typed]");
  const ok = dialog.querySelector("[data-confirm-ok]");
  dialog.querySelector("[data-confirm-text]").textContent = text;
  field.hidden = !typed;
  field.querySelector("span").textContent = `Type ${typed} to confirm`;
  const word = field.querySelector("input");
  word.value = "";
  word.oninput = () => (ok.disabled = Boolean(typed) && word.value !== typed);
  word.oninput();
  ok.textContent = button?.textContent.trim() || "Continue";
  ok.className = `btn ${button?.classList.contains("btn-danger") ? "btn-danger" : "btn-primary"}`;
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  if (dialog.returnValue !== "ok") return button?.focus();
  confirmed.add(form);
  form.requestSubmit(button);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const text = button?.dataset.confirm ?? form.dataset.confirm;
  if (text && !confirmed.delete(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    confirmSubmit(form, button, text, button?.dataset.confirmTyped);
  } else if (form === dirty) dirty = null;
}, true);

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (!form) return;
  dirty = form;
  form.querySelector("[data-unsaved]")?.removeAttribute("hidden");
});
addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

const loaded = {};
export const load = (url) => (loaded[url] ??= new Promise((done, fail) => {
  const script = Object.assign(document.createElement("script"), { src: url, onload: done, onerror: fail });
  document.head.append(script);
}));
export function style(url) {
  if (document.querySelector(`link[href="${url}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: url }));
}

const lookup = (url) => ({
  maxOptions: 50,
  loadThrottle: 200,
  preload: "focus",
  searchField: [], // the server has already searched
  load: async (text, done) => {
    const target = new URL(url, location.href);
    target.searchParams.set("q", text);
    const answer = await fetch(target, { headers: { Accept: "application/json" } }).catch(() => null);
    done(answer?.ok ? await answer.json() : []);
  },
});
const tags = () => ({ create: true, persist: false, createOnBlur: true });

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

export function readMoney(text) {
  const bare = text.replace(/[\s\u00a0\u202f]/g, " ").replace("−", "-").trim().replace(/^(-?)\s*R\s*/, "$1");
  if (!bare) return ["", ""];
  if (/^-?[1-9]\d{0,2},\d{3}$/.test(bare)) return [text, `“${bare}” can mean two numbers. Type it like 1234.56 or 1 234,56.`];
  if (!/^-?(\d+|\d{1,3}( \d{3})+)([.,]\d{1,2})?$/.test(bare)) return [text, `“${bare}” is not an amount. Type it like 1234.56 or 1 234,56.`];
  const [whole, cents = ""] = bare.replace(/ /g, "").split(/[.,]/);
  return [`${whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0")},${cents.padEnd(2, "0")}`, ""];
}

function say(control, problem) {
  control.setCustomValidity(problem);
  control.ariaInvalid = problem ? "true" : null;
  if (problem) control.reportValidity();
}

document.addEventListener("change", (event) => {
  const { role } = event.target.dataset;
  if (role === "json") checkJson(event.target);
  if (role === "money") {
    const [text, problem] = readMoney(event.target.value);
    event.target.value = text;
    say(event.target, problem);
  }
});

export function boot(root = document) {
  root.querySelectorAll("[data-role=lookup]").forEach((each) => enhance(each, lookup(each.dataset.url)));
  root.querySelectorAll("[data-role=tags]").forEach((each) => enhance(each, tags()));
}
