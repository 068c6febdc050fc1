// Forms: what helps while one types, and how they are sent: once, after a question where one is due, and by Ctrl+Enter from a text area.

const PATIENCE = 8_000; // milliseconds until a form that led nowhere may be sent again
const NEAR = 20; // characters left from which on they are worth hearing about

/** Watch over all forms of the page, those that are added later included. */
export function guardForms() {
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

/** Ask whether it shall be done; the button that asks lends its own words to the yes. */
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

/** Characters as the server counts them: code points after NFC, without blank edges. */
export function length(text) {
  return [...text.normalize("NFC").trim()].length;
}

/** Beside each text area with a limit (data-most), how many characters are left. */
export function countCharacters() {
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
      // A screen reader is only told when it begins to matter.
      counter.setAttribute("aria-live", left <= NEAR ? "polite" : "off");
    };
    area.addEventListener("input", update);
    area.form.addEventListener("reset", () => setTimeout(update));
    addEventListener("pageshow", update);
    update();
  }
}

/** A button in each password field that shows what one has typed. */
export function showPasswords() {
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

/** In the choices of a new poll, Enter leads on to the next field: a post half asked must not go out. */
export function walkChoices() {
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
