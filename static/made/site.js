const { keepTimes } = (() => {
const language = document.documentElement.lang || "en";
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const long = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const date = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const counted = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const now = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
function ago(moment, reference = Date.now()) {
  const seconds = (reference - moment) / 1_000;
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit ? counted.format(-Math.floor(seconds / unit[1]), unit[0]) : now;
}
function ahead(moment, reference = Date.now()) {
  const seconds = (moment - reference) / 1_000;
  const [name, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? UNITS.at(-1);
  return seconds > 0 ? counted.format(Math.max(1, Math.round(seconds / length)), name) : now;
}
const STYLES = { long: (moment) => long.format(moment), date: (moment) => date.format(moment), ahead };
function tellTimes(root = document) {
  const found = [...root.querySelectorAll("time[datetime]")];
  if (root instanceof Element && root.matches("time[datetime]")) found.push(root);
  for (const element of found) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = exact.format(moment);
    const text = (STYLES[element.dataset.style] ?? ago)(moment);
    if (element.textContent !== text) element.textContent = text;
  }
}
function keepTimes() {
  tellTimes();
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node instanceof Element) tellTimes(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
  setInterval(() => document.hidden || tellTimes(), 30_000);
  document.addEventListener("visibilitychange", () => document.hidden || tellTimes());
}
return { keepTimes };
})();
const { countCharacters, guardForms, showPasswords, walkChoices } = (() => {
const PATIENCE = 8_000; // milliseconds until a form that led nowhere may be sent again
const NEAR = 20; // characters left from which on they are worth hearing about
function guardForms() {
  document.addEventListener("submit", onSubmit);
  document.addEventListener("keydown", onKey);
  addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach(release));
}
async function onSubmit(event) {
  const form = event.target;
  const button = event.submitter;
  if (form.method === "dialog") return;
  const question = button?.dataset.confirm ?? form.dataset.confirm;
  if (question && !("confirmed" in form.dataset)) {
    event.preventDefault();
    if (await ask(question, button)) {
      form.dataset.confirmed = "";
      form.requestSubmit(button);
    }
    return;
  }
  delete form.dataset.confirmed;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  button?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), PATIENCE);
}
function release(form) {
  delete form.dataset.sent;
  for (const button of document.querySelectorAll('[aria-busy="true"]')) {
    if (button.form === form) button.removeAttribute("aria-busy");
  }
}
function ask(question, button) {
  const dialog = document.getElementById("confirm");
  if (!dialog?.showModal) return Promise.resolve(confirm(question));
  dialog.querySelector("#confirm-question").textContent = question;
  dialog.querySelector('[value="yes"]').textContent = button?.textContent.trim() ?? "OK";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
function onKey(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.target.closest?.("textarea")?.form;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector('[type="submit"]'));
}
function length(text) {
  return [...text.normalize("NFC").trim()].length;
}
function countCharacters() {
  for (const area of document.querySelectorAll("textarea[data-most]")) {
    const counter = area.form?.querySelector(".counter");
    if (!counter) continue;
    const most = Number(area.dataset.most);
    const number = document.createElement("span");
    const label = document.createElement("span");
    label.className = "visually-hidden";
    label.textContent = `${area.dataset.left} `;
    counter.replaceChildren(label, number);
    counter.classList.add("live");
    const update = () => {
      const left = most - length(area.value);
      number.textContent = new Intl.NumberFormat(document.documentElement.lang).format(left);
      counter.style.setProperty("--filled", Math.min(1, (most - left) / most));
      counter.classList.toggle("near", left >= 0 && left <= NEAR);
      counter.classList.toggle("over", left < 0);
      counter.setAttribute("aria-live", left <= NEAR ? "polite" : "off");
    };
    area.addEventListener("input", update);
    area.form.addEventListener("reset", () => setTimeout(update));
    addEventListener("pageshow", update);
    update();
  }
}
function showPasswords() {
  for (const button of document.querySelectorAll(".reveal")) {
    const input = document.getElementById(button.getAttribute("aria-controls"));
    const show = (shown) => {
      input.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    };
    button.hidden = false;
    button.addEventListener("click", () => show(input.type === "password"));
    input.form?.addEventListener("submit", () => show(false)); // or the browser would remember it as plain text
  }
}
function walkChoices() {
  const fields = [...document.querySelectorAll(".asking-choice input")];
  for (const [number, field] of fields.entries()) {
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      const next = fields[number + 1];
      if (next?.checkVisibility()) next.focus();
    });
  }
}
return { countCharacters, guardForms, showPasswords, walkChoices };
})();
const { watchNotifications } = (() => {
const EVERY = 10_000; // milliseconds
const LONGEST_PAUSE = 300_000; // between two tries while the server does not answer
const RECEIVERS = {
  unread_message_count: (count) => showCount("message_count", count),
  unread_notification_count: (count) => showCount("notification_count", count),
  task_progress: ({ task_id, progress }) => show(`${task_id}-progress`, progress),
};
function show(id, text) {
  const element = document.getElementById(id);
  if (element) element.textContent = String(text);
  return element;
}
function showCount(id, count) {
  show(id, count)?.classList.toggle("none", count === 0);
}
function receive(signals, since = 0) {
  for (const { name, data, timestamp } of signals) {
    since = Math.max(since, timestamp);
    if (Object.hasOwn(RECEIVERS, name)) RECEIVERS[name](data);
  }
  return since;
}
function watchNotifications() {
  const address = document.querySelector("[data-notifications]")?.dataset.notifications;
  if (!address) return;
  let since = 0;
  let pause = EVERY;
  let timer = 0;
  let asking = false;
  async function ask() {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ since })}`, {
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(EVERY),
      });
      if (answer.status === 401) return; // logged out elsewhere: nothing more to ask for
      if (!answer.ok) throw new Error(answer.statusText);
      since = receive(await answer.json(), since);
      pause = EVERY;
    } catch {
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    } finally {
      asking = false;
    }
    later();
  }
  function later() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, pause);
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  addEventListener("pageshow", (event) => event.persisted && ask());
  later();
}
return { watchNotifications };
})();
const { showPeople } = (() => {
const REST = 1_000; // milliseconds on a name before it is asked about
const GRACE = 120; // milliseconds to cross over from the name to what is told
const EDGE = 16; // pixels kept free beside it
let name; // the element rested on
let popup; // what is told of it, once it is there
let timer;
let request;
function showPeople() {
  if (!("popover" in HTMLElement.prototype)) return;
  document.addEventListener("pointerover", (event) => event.pointerType === "mouse" && enter(event.target));
  document.addEventListener("pointerout", (event) => event.pointerType === "mouse" && leave(event, focused));
  document.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && enter(event.target));
  document.addEventListener("focusout", (event) => leave(event, hovered));
  document.addEventListener("keydown", (event) => event.key === "Escape" && dismiss(event));
  addEventListener("pagehide", close);
}
function within(element) {
  return Boolean(element && (name?.contains(element) || popup?.contains(element)));
}
function hovered() {
  return Boolean(name?.matches(":hover") || popup?.matches(":hover"));
}
function focused() {
  return within(document.querySelector(":focus-visible"));
}
function enter(target) {
  if (within(target)) {
    if (popup) clearTimeout(timer);
    return;
  }
  const found = target.closest?.(".user_popup[data-popup]");
  if (!found) return;
  close();
  name = found;
  timer = setTimeout(load, REST);
}
function leave({ target, relatedTarget }, other) {
  if (!within(target) || within(relatedTarget)) return;
  if (popup) {
    clearTimeout(timer);
    timer = setTimeout(() => hovered() || focused() || close(), GRACE);
  } else if (!other()) {
    close();
  }
}
async function load() {
  const about = name;
  request = new AbortController();
  try {
    const answer = await fetch(about.dataset.popup, { signal: request.signal });
    if (!answer.ok || answer.redirected) return; // nobody of that name any more, or logged out meanwhile
    const text = await answer.text();
    if (about === name && about.isConnected) open(text);
  } catch (error) {
    if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error; // away: the name is still a link
  }
}
function open(text) {
  const box = document.createElement("div");
  box.className = "popup-box";
  box.append(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  for (const button of box.querySelectorAll('button[name="next"]')) button.value = location.pathname + location.search;
  popup = document.createElement("div");
  popup.className = "popup";
  popup.popover = "manual";
  popup.setAttribute("role", "group");
  popup.setAttribute("aria-label", name.textContent.trim());
  popup.append(box);
  name.after(popup);
  popup.showPopover();
  place();
}
function place() {
  const { left, top, bottom } = name.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = popup;
  const width = document.documentElement.clientWidth;
  const above = bottom + offsetHeight > innerHeight && top > offsetHeight;
  const x = Math.max(EDGE, Math.min(left, width - offsetWidth - EDGE));
  popup.style.left = `${x + scrollX}px`;
  popup.style.top = `${(above ? top - offsetHeight : bottom) + scrollY}px`;
}
function dismiss(event) {
  if (!name) return;
  if (popup) {
    event.preventDefault();
    if (popup.contains(document.activeElement)) name.focus({ preventScroll: true });
  }
  const rested = name;
  close();
  name = rested; // not at once again: the pointer must leave first
}
function close() {
  clearTimeout(timer);
  request?.abort();
  popup?.remove();
  name = popup = request = undefined;
}
return { showPeople };
})();
const { translateInPlace } = (() => {
const PATIENCE = 15_000; // milliseconds; the server gives up long before
function translateInPlace() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-translate]");
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-busy") !== "true") translate(button);
  });
}
async function translate(button) {
  const place = button.parentElement;
  const face = [...button.childNodes];
  place.querySelector(".error")?.remove();
  button.setAttribute("aria-busy", "true");
  button.replaceChildren(button.dataset.busy);
  try {
    const text = await ask(button);
    const translation = document.createElement("div");
    translation.className = "translation";
    translation.lang = button.dataset.destLanguage;
    translation.dir = "auto";
    translation.tabIndex = -1;
    translation.textContent = text;
    const hadFocus = document.activeElement === button;
    place.replaceChildren(translation);
    if (hadFocus) translation.focus({ preventScroll: true }); // where the button was, and so that it is read
  } catch {
    const message = document.createElement("p");
    message.className = "error";
    message.role = "alert";
    message.textContent = button.dataset.failed;
    button.replaceChildren(...face);
    button.removeAttribute("aria-busy");
    place.append(message);
  }
}
async function ask(button) {
  const answer = await fetch(button.dataset.translate, {
    method: "POST",
    headers: { Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
    body: new URLSearchParams({
      csrf_token: button.form.elements.csrf_token.value,
      text: said(button.closest(".post").querySelector(".post-body")),
      source_language: button.dataset.sourceLanguage,
      dest_language: button.dataset.destLanguage,
    }),
  });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).text;
}
function said(body) {
  const copy = body.cloneNode(true);
  for (const link of copy.querySelectorAll("a:not(.mention)")) link.textContent = link.getAttribute("href");
  return copy.textContent;
}
return { translateInPlace };
})();
keepTimes();
countCharacters();
showPasswords();
guardForms();
showPeople();
translateInPlace();
walkChoices();
watchNotifications();
