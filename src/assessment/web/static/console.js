// Small comforts of the console; everything works without them.
(() => {
  "use strict";

  const announce = (words) => {
    const place = document.getElementById("announce");
    if (place) place.textContent = words;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const wanted = document.querySelector("#errors, [data-focus]");
    if (wanted) wanted.focus();
    for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      announce(button.dataset.copied);
      button.textContent = button.dataset.copied;
    } catch {
      announce(button.dataset.failed);
    }
  });

  // A swap must not lose the place of whoever reads, and says what is new.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    if (event.detail.target.contains(active)) event.detail.target.dataset.held = active.id;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const fresh = document.querySelector("[data-announce]");
    if (fresh && fresh.dataset.announce !== document.body.dataset.said) {
      document.body.dataset.said = fresh.dataset.announce;
      announce(fresh.dataset.announce);
    }
    const wanted = document.querySelector("[data-focus-swap]");
    if (wanted) {
      wanted.focus();
      wanted.removeAttribute("data-focus-swap");
      for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
    }
  });
})();
