// Progressive enhancement of the console: focus, copy buttons, announcements; every page works without it.
(() => {
  "use strict";

  const told = document.querySelector("[data-announce]");
  let said = told ? told.dataset.announce : "";

  const announce = (words) => {
    const place = document.getElementById("announce");
    if (place) place.textContent = words;
  };

  document.addEventListener("DOMContentLoaded", () => {
    const wanted = document.querySelector("#errors, [data-focus]");
    if (wanted) wanted.focus();
    for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
    const returned = document.querySelector("form[data-submit]");
    if (returned) returned.submit();
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

  // One box ticks all boxes of a name; shown by the script, since it does nothing without it.
  document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll("[data-ticks]")) {
      box.closest("[hidden]").hidden = false;
      box.addEventListener("change", () => {
        for (const each of document.getElementsByName(box.dataset.ticks)) each.checked = box.checked;
      });
    }
  });

  // A form whose answer is a file: say that it is being made, then save it. Any other answer is shown as a page.
  const saveFile = (content, disposition) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    const [, encoded] = /filename\*=UTF-8''([^;]*)/i.exec(disposition) || []; // the other one has ASCII letters only
    const [, plain] = /filename="([^"]*)"/.exec(disposition) || [];
    link.download = encoded ? decodeURIComponent(encoded) : plain || "";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const showPage = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = page.querySelector("main");
    if (!main) return false;
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    const wanted = document.querySelector("#errors, [data-focus]");
    if (wanted) wanted.focus();
    return true;
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-fetches]")) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    const [bar, line] = [form.querySelector(".fetching"), form.querySelector(".fetched")];
    if (!bar.hidden) return;
    bar.hidden = false;
    button.setAttribute("aria-disabled", "true");
    line.textContent = line.dataset.begun;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
      const disposition = answer.headers.get("content-disposition");
      if (answer.redirected) location.assign(answer.url);
      else if (answer.ok && disposition) {
        saveFile(await answer.blob(), disposition);
        line.textContent = line.dataset.done;
      } else if (!showPage(await answer.text())) form.submit();
    } catch {
      line.textContent = line.dataset.failed;
    }
    bar.hidden = true;
    button.removeAttribute("aria-disabled");
  });

  // A second click on a button sends the form once. Another button of the form, or the same one later, sends it again:
  // the answer may be a file.
  const LOCKED_MILLISECONDS = 3000;
  const sentBy = new Map(); // forms, each with the button that has just sent it (null: Enter)
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method !== "post" || form.matches("[data-fetches], [hx-post]")) return;
    if (sentBy.has(form) && sentBy.get(form) === submitter) return event.preventDefault();
    sentBy.set(form, submitter);
    setTimeout(() => sentBy.get(form) === submitter && sentBy.delete(form), LOCKED_MILLISECONDS);
  });

  // Open a closed <details> when a link targets an element inside it. Most browsers do this themselves.
  const open = () => {
    const wanted = document.getElementById(location.hash.slice(1)); // our ids have ASCII letters only
    let folded = wanted ? wanted.closest("details:not([open])") : null;
    if (!folded) return;
    for (; folded; folded = folded.parentElement.closest("details:not([open])")) folded.open = true;
    wanted.scrollIntoView();
    wanted.focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", open);
  document.addEventListener("DOMContentLoaded", open);
  document.addEventListener("click", (event) => {
    if (event.target.closest('a[href^="#"]')) setTimeout(open);
  });

  // Open all <details> for printing, and restore them afterwards.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("details:not([open])")];
    for (const each of unfolded) each.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const each of unfolded) each.open = false;
  });

  const formOf = (event) => event.detail.requestConfig.elt.closest("form");

  const isChanged = (field) => {
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    if (field.tagName !== "SELECT") return field.value !== field.defaultValue;
    return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  };

  // The session has ended: htmx would follow the redirect, and what was typed would be lost. Sent without script, the
  // form is carried over the sign-in by the server.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const { xhr, requestConfig } = event.detail;
    if (![401, 403].includes(xhr.status) || !xhr.getResponseHeader("HX-Redirect")) return;
    const form = formOf(event);
    // A page that refreshes itself stays while something is typed in it: that is carried over once it is sent.
    if (requestConfig.verb === "get" && [...document.querySelectorAll("input, select, textarea")].some(isChanged)) {
      event.preventDefault();
    }
    if (!form || requestConfig.verb !== "post") return;
    event.preventDefault();
    form.submit();
  });

  // A form that is sent by htmx says when it failed: in its line of state, which the next save replaces, or at its end.
  const reportFailure = (event) => {
    const form = formOf(event);
    if (!form || !form.dataset.failed) return;
    const line = form.querySelector(".saved-line") || form.appendChild(document.createElement("div"));
    if (!line.matches(".saved-line")) {
      line.className = "saved-line failure";
      announce(form.dataset.failed);
    }
    const message = document.createElement("p");
    message.className = "wrong";
    message.textContent = form.dataset.failed;
    line.replaceChildren(...line.querySelectorAll("input"), message); // its input is the revision
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    for (const line of form ? form.querySelectorAll(".failure") : []) line.remove();
  });
  document.addEventListener("htmx:sendError", reportFailure);
  document.addEventListener("htmx:timeout", reportFailure);
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.isError && !event.detail.shouldSwap) reportFailure(event);
  });

  // A part of the page that is loaded again: what is open in it stays open, and the focus stays where it is.
  const findAlike = (part, tag, text, place) =>
    [...part.querySelectorAll(tag)].filter((each) => each.textContent.trim() === text)[place];
  const describe = (part, element) => {
    const [tag, text] = [element.tagName, element.textContent.trim()];
    const alike = [...part.querySelectorAll(tag)].filter((each) => each.textContent.trim() === text);
    return [tag, text, alike.indexOf(element)];
  };
  let reloaded = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, shouldSwap } = event.detail;
    if (!shouldSwap || requestConfig.elt !== target || requestConfig.verb !== "get") return;
    const focused = document.activeElement;
    reloaded = {
      id: target.id,
      open: [...target.querySelectorAll("details[open] > summary")].map((each) => describe(target, each)),
      focus: target.contains(focused) && !focused.id ? describe(target, focused) : null, // htmx finds ids again
    };
  });
  const restoreReloaded = () => {
    const part = reloaded && document.getElementById(reloaded.id);
    if (part) {
      for (const place of reloaded.open) {
        const summary = findAlike(part, ...place);
        if (summary) summary.parentElement.open = true;
      }
      const wanted = reloaded.focus && findAlike(part, ...reloaded.focus);
      if (wanted) wanted.focus({ preventScroll: true });
    }
    reloaded = null;
  };

  // htmx restores the focus after a swap if the id stays; announce new messages, and focus a new link.
  document.addEventListener("htmx:afterSettle", () => {
    restoreReloaded();
    const fresh = document.querySelector("[data-announce]");
    if (fresh && fresh.dataset.announce !== said) {
      said = fresh.dataset.announce;
      announce(said);
    }
    const wanted = document.querySelector("[data-focus-swap]");
    if (!wanted) return;
    wanted.removeAttribute("data-focus-swap");
    wanted.focus();
    if (wanted.select) wanted.select();
    for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;
  });
})();
