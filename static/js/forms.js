// Forms are sent once, after a question where one is due, and by Ctrl+Enter from a text area.

const PATIENCE = 8_000; // milliseconds until a form that led nowhere may be sent again

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
