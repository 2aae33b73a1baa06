// Lists: a row opens by click, in a tab by middle click.
export const rows = () => [...document.querySelectorAll("tr[data-href]")];
const opens = (event) => !event.target.closest("a,button,input,label,select,summary") && event.target.closest("tr[data-href]");

addEventListener("click", (event) => {
  if (!opens(event) || String(getSelection())) return;
  const { href } = opens(event).dataset;
  if (event.ctrlKey || event.metaKey) open(href, "_blank", "noopener");
  else location.assign(href);
});
addEventListener("auxclick", (event) => {
  if (event.button === 1 && opens(event)) open(opens(event).dataset.href, "_blank", "noopener");
});
