// Fields that help while one types.

const NEAR = 20; // characters left from which on they are worth hearing about

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
