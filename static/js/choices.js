// The choices of a new poll: a field more is shown as soon as all that are there are filled, and Enter leads on to the next.

const FEWEST = 2; // fields that are always there

/** Watch over the choices of the form, where there is one. */
export function growChoices() {
  const fields = [...document.querySelectorAll(".asking-choice input")];
  if (!fields.length) return;

  const update = () => {
    const last = fields.findLastIndex((field) => field.value.trim());
    fields.forEach((field, number) => (field.parentElement.hidden = number > Math.max(last + 1, FEWEST - 1)));
  };
  for (const [number, field] of fields.entries()) {
    field.addEventListener("input", update);
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
      event.preventDefault(); // a post half asked would be gone
      const next = fields[number + 1];
      if (next && !next.parentElement.hidden) next.focus();
    });
  }
  addEventListener("pageshow", update);
  update();
}
