// A part that changes by itself is asked for again while somebody looks at it and uses nothing in it.
function refresh(part) {
  if (part.checkVisibility() && !part.matches(":focus-within")) part.dispatchEvent(new Event("refresh"));
}

setInterval(() => {
  if (document.visibilityState === "visible") document.querySelectorAll("[data-live]").forEach(refresh);
}, 2000);
