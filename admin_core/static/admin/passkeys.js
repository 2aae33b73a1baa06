// [data-passkey]: asks the browser for a passkey (get) or a new one (create), then sends its form.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

function readable(options) {
  const { challenge, user, allowCredentials, excludeCredentials } = options;
  const known = { ...options, challenge: bytes(challenge) };
  if (user) known.user = { ...user, id: bytes(user.id) };
  if (allowCredentials) known.allowCredentials = keys(allowCredentials);
  if (excludeCredentials) known.excludeCredentials = keys(excludeCredentials);
  return known;
}

function sendable({ id, rawId, type, response }) {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[part]) said[part] = text(response[part]);
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({ id, rawId: text(rawId), type, response: said, clientExtensionResults: {} });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  if (answer.status === 401 || answer.status === 410) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const publicKey = readable(await answer.json());
  const found = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.answer.value = sendable(found);
  form.submit();
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = form.querySelector("[data-said]");
    said.textContent = "Waiting for your device …";
    ask(form).catch(() => (said.textContent = "The passkey was not used. Try again, or use another way."));
  });
}
