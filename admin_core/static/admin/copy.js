// [data-copy]: to the clipboard, and says so.
const announce = (text) => (document.getElementById("announcer").textContent = text);

addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    announce("Copied");
  } catch {
    announce("The browser refused to copy. Select the text and copy it.");
  }
});
