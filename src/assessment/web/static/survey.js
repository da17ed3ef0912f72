/* Autosave: number each change, show the save state, retry with backoff, keep unsaved answers in sessionStorage across
   a reload, and leave the page only after everything is saved. */
(() => {
  "use strict";

  const SAVED_FIELDS = ".question, .comment"; // a question or a comment, saved on its own
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const TYPING_WAIT = 700;
  const CONTINUE_TIMEOUT = 15000;
  const form = document.querySelector("form[data-saving]");
  const choices = document.querySelector("form[data-conflicts]");
  const pending = new Map(); // question -> {wait, timer}
  let lost = false;

  const summary = document.querySelector(".errors");
  if (summary) summary.focus();
  if (!form && !choices) return;

  const offline = document.getElementById("offline");
  const storageKey = `unsaved:${(form || choices).elements.response.value}`; // sessionStorage is per tab, and deleted when it is closed
  const sequenceOf = (question) => question.querySelector("[data-sequence]");
  const isClientError = (status) => status >= 400 && status < 500 && status !== 408 && status !== 429;

  const readUnsaved = () => {
    try {
      return JSON.parse(sessionStorage.getItem(storageKey)) || {};
    } catch {
      return {}; // storage is disabled: unsaved answers are lost at a reload
    }
  };

  const writeUnsaved = (change) => {
    const unsaved = readUnsaved();
    change(unsaved);
    try {
      sessionStorage.setItem(storageKey, JSON.stringify(unsaved));
    } catch { /* as above */ }
  };

  const fieldsOf = (question) => [...question.querySelectorAll("input:not([data-sequence]), textarea")];

  const keepUnsaved = (question) => writeUnsaved((unsaved) => {
    const fields = fieldsOf(question).filter((each) => each.type !== "radio" || each.checked);
    unsaved[question.id] = {
      sequence: sequenceOf(question).value,
      fields: Object.fromEntries(fields.map((each) => [each.name, each.value])),
    };
  });

  const forgetUnsaved = (...ids) => writeUnsaved((unsaved) => ids.forEach((id) => delete unsaved[id]));

  // The chosen answer is saved with this form: the section must not bring back what was typed before.
  if (choices) choices.addEventListener("submit", (event) => forgetUnsaved(`question-${event.submitter.value}`));
  if (!form) return;

  // Restore the sequence number too: an earlier attempt may have reached the server, and a retry must be idempotent.
  const restore = (question, kept) => {
    for (const each of fieldsOf(question)) {
      if (each.type === "radio") each.checked = kept.fields[each.name] === each.value;
      else if (each.name in kept.fields) each.value = kept.fields[each.name];
    }
    const fold = question.querySelector("textarea")?.closest("details");
    if (fold && question.querySelector("textarea").value) fold.open = true;
    sequenceOf(question).value = kept.sequence;
    pending.set(question.id, { wait: FIRST_WAIT });
  };

  const countChange = (question) => {
    const [base, window, changes] = sequenceOf(question).value.split(".");
    sequenceOf(question).value = [base, window, Number(changes) + 1].join(".");
    const entry = pending.get(question.id);
    if (entry) clearTimeout(entry.timer);
    pending.set(question.id, { wait: FIRST_WAIT });
    keepUnsaved(question);
  };

  const say = (question, words, style) => {
    const state = question.querySelector(".state");
    const note = document.createElement("span");
    note.className = style;
    note.textContent = words;
    state.replaceChildren(note);
  };

  const settle = (question) => {
    const entry = pending.get(question.id);
    if (entry) clearTimeout(entry.timer);
    pending.delete(question.id);
  };

  const keptWhere = (question, words) => {
    pending.set(question.id, { wait: FIRST_WAIT });
    say(question, words, "unsaved");
  };

  const tryLater = (question) => {
    const entry = pending.get(question.id) || { wait: FIRST_WAIT };
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => htmx.trigger(question, "again"), entry.wait);
    entry.wait = Math.min(entry.wait * 2, LONGEST_WAIT);
    pending.set(question.id, entry);
    say(question, form.dataset.unsaved, "unsaved");
  };

  // The session is lost: keep the answer, and resume after the link was opened again in another window.
  const loseTouch = (question) => {
    keptWhere(question, form.dataset.lost);
    lost = true;
  };

  const findAgain = async () => {
    if (!lost || document.hidden) return;
    const answer = await fetch(location.href).catch(() => null); // offline: asked again at the next look
    if (!answer || !answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const value = (name) => fresh.querySelector(`form [name="${name}"]`)?.value;
    if (value("response") !== form.elements.response.value) return;
    form.elements._token.value = value("_token");
    lost = false;
    offline.textContent = "";
    saveAll();
  };

  const saveAll = () => {
    for (const id of [...pending.keys()]) htmx.trigger(document.getElementById(id), "again");
  };

  // In the capture phase, so that the sequence number is incremented before htmx reads the form.
  form.addEventListener("change", (event) => {
    const question = event.target.closest(SAVED_FIELDS);
    if (question) countChange(question);
  }, true);

  let typing = 0;
  form.addEventListener("input", (event) => {
    const question = event.target.closest(SAVED_FIELDS);
    if (!question || !["text", "textarea"].includes(event.target.type)) return;
    countChange(question);
    clearTimeout(typing);
    typing = setTimeout(() => htmx.trigger(question, "again"), TYPING_WAIT);
  });

  form.addEventListener("htmx:beforeRequest", (event) => {
    event.detail.xhr.sequence = sequenceOf(event.target.closest(SAVED_FIELDS)).value;
  });

  form.addEventListener("htmx:afterRequest", (event) => {
    const question = event.target.closest(SAVED_FIELDS);
    if (!question) return;
    const { xhr, successful } = event.detail;
    const status = xhr ? xhr.status : 0;
    const isNewest = xhr && xhr.sequence === sequenceOf(question).value;
    if (status === 401) loseTouch(question);
    else if (status === 403) keptWhere(question, form.dataset.other);
    else if (successful && isNewest) {
      settle(question);
      forgetUnsaved(question.id);
    } else if (successful) return; // a newer change is already being sent
    else if (status === 409) settle(question); // the response contains the explanation
    else tryLater(question);
  });

  // Show times in the reader's time zone.
  form.addEventListener("htmx:afterSwap", (event) => {
    for (const time of event.target.querySelectorAll("time[data-clock]")) {
      const clock = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      time.textContent = clock;
    }
  });

  addEventListener("online", () => {
    if (!lost) offline.textContent = "";
    saveAll();
  });
  addEventListener("focus", findAgain);
  document.addEventListener("visibilitychange", findAgain);

  let leaving = false;
  const leave = (address) => {
    leaving = true;
    location.assign(address);
  };

  // Browsers restore form values without firing an event: count that as a change.
  const countRestored = () => {
    for (const question of form.querySelectorAll(SAVED_FIELDS)) {
      const isUntouched = sequenceOf(question).value.endsWith(".0");
      const differs = (each) => each.type === "radio" ? each.checked !== each.defaultChecked : each.value !== each.defaultValue;
      if (isUntouched && fieldsOf(question).some(differs)) countChange(question);
    }
  };

  const bodyOf = (button) => {
    const body = new URLSearchParams(new FormData(form));
    if (button && button.name) body.append(button.name, button.value);
    return body;
  };

  // Save with fetch before leaving: if the browser navigated to a failed request, unsaved answers would be lost.
  const saveAndLeave = async (button) => {
    countRestored();
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), CONTINUE_TIMEOUT);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: bodyOf(button), headers: { "HX-Request": "true" }, signal: stop.signal,
      });
      const next = answer.headers.get("HX-Redirect");
      if (next || answer.redirected) {
        const isKept = answer.headers.has("keep-typed"); // the survey is being closed, which may fail
        if (!isKept) forgetUnsaved(...[...form.querySelectorAll(SAVED_FIELDS)].map((each) => each.id));
        leave(next || answer.url);
      } else if (answer.status === 401) {
        lost = true;
        offline.textContent = form.dataset.lost;
      } else if (isClientError(answer.status)) {
        leaving = true;
        form.submit(); // the error page explains the reason and keeps the answers
      } else {
        offline.textContent = form.dataset.unreachable;
      }
    } catch {
      offline.textContent = navigator.onLine ? form.dataset.unreachable : form.dataset.offline;
    } finally {
      clearTimeout(timer);
    }
  };

  let saving = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (saving) return;
    if (lost || !navigator.onLine) {
      offline.textContent = lost ? form.dataset.lost : form.dataset.offline;
      return;
    }
    saving = true;
    offline.textContent = "";
    await saveAndLeave(event.submitter);
    saving = false;
  });
  addEventListener("beforeunload", (event) => {
    if (pending.size && !leaving) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) location.reload();
  });

  for (const each of form.querySelectorAll("[data-sequence]")) each.value += ".0";
  for (const [id, kept] of Object.entries(readUnsaved())) {
    const question = document.getElementById(id);
    if (question) restore(question, kept);
  }
  addEventListener("load", saveAll);
})();
