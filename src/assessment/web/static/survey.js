/* Saving while people answer: numbers each change, says what is saved, tries again, warns before leaving. */
(() => {
  "use strict";

  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const form = document.querySelector("form[data-saving]");
  const pending = new Map(); // question -> {wait, timer}
  let lost = false;

  const summary = document.querySelector(".errors");
  if (summary) summary.focus();
  if (!form) return;

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

  const tryLater = (question) => {
    const entry = pending.get(question.id) || { wait: FIRST_WAIT };
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => htmx.trigger(question, "again"), entry.wait);
    entry.wait = Math.min(entry.wait * 2, LONGEST_WAIT);
    pending.set(question.id, entry);
    say(question, form.dataset.unsaved, "unsaved");
  };

  // The session is gone: keep the answer here, and go on once the link was opened again in another window.
  const loseTouch = (question) => {
    pending.set(question.id, { wait: FIRST_WAIT });
    say(question, form.dataset.lost, "unsaved");
    lost = true;
  };

  const findAgain = async () => {
    if (!lost || document.hidden) return;
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const value = (name) => fresh.querySelector(`form [name="${name}"]`)?.value;
    if (value("response") !== form.elements.response.value) return;
    form.elements._token.value = value("_token");
    lost = false;
    document.getElementById("offline").textContent = "";
    saveAll();
  };

  const saveAll = () => {
    for (const id of [...pending.keys()]) htmx.trigger(document.getElementById(id), "again");
  };

  // In the capturing phase, so that the number has risen before htmx reads the form.
  form.addEventListener("change", (event) => {
    const question = event.target.closest(".question");
    if (!question) return;
    const sequence = question.querySelector("[data-sequence]");
    sequence.value = Number(sequence.value) + 1;
    const entry = pending.get(question.id);
    if (entry) clearTimeout(entry.timer);
    pending.set(question.id, { wait: FIRST_WAIT });
  }, true);

  form.addEventListener("htmx:afterRequest", (event) => {
    const question = event.target.closest(".question");
    if (!question) return;
    const { xhr, successful } = event.detail;
    const status = xhr ? xhr.status : 0;
    if (status === 401 || status === 403) loseTouch(question);
    else if (successful || (status >= 400 && status < 500 && status !== 408 && status !== 429)) settle(question);
    else tryLater(question);
  });

  // The clock on the reader's wall, not the server's.
  form.addEventListener("htmx:afterSwap", (event) => {
    for (const time of event.target.querySelectorAll("time[data-clock]")) {
      const clock = new Date(time.dateTime).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      time.textContent = clock;
    }
  });

  addEventListener("online", () => {
    if (!lost) document.getElementById("offline").textContent = "";
    saveAll();
  });
  addEventListener("focus", findAgain);
  document.addEventListener("visibilitychange", findAgain);

  let leaving = false;
  form.addEventListener("submit", (event) => {
    if (navigator.onLine && !lost) {
      leaving = true;
      return;
    }
    event.preventDefault(); // an error page would take what is chosen here with it
    document.getElementById("offline").textContent = lost ? form.dataset.lost : form.dataset.offline;
  });
  addEventListener("beforeunload", (event) => {
    if (pending.size && !leaving) event.preventDefault();
  });
  addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) location.reload();
  });
})();
