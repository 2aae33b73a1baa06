// Before the first paint: the theme, and the mark that scripts run.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    // Before sign-in the server knows no choice; the browser may remember one.
    const choice = root.dataset.themeChoice || localStorage.getItem("theme") || "auto";
    root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
  };
  root.classList.add("js");
  dark.addEventListener("change", apply);
  new MutationObserver(apply).observe(root, { attributeFilter: ["data-theme-choice"] });
  apply();
})();
