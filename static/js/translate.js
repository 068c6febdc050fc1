// Posts in another language are translated where they stand. Without scripts the same button leads to a page that does it.

const PATIENCE = 15_000; // milliseconds; the server gives up long before

/** Answer every button that translates (data-translate), those that are added later included. */
export function translateInPlace() {
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

/** The text of a post in the reader's language; throws if the server was not reached or did not answer with one. */
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

/** What was said, with the addresses that are shown shortened in full. */
function said(body) {
  const copy = body.cloneNode(true);
  for (const link of copy.querySelectorAll("a:not(.mention)")) link.textContent = link.getAttribute("href");
  return copy.textContent;
}
