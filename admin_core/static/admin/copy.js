// [data-copy="text"]: puts the text on the clipboard and says so.
export const announce = (text) => {
  document.getElementById("announcer").textContent = text;
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
    announce("Copied");
  } catch {
    announce("The browser refused to copy. Select the text and copy it.");
  }
});
