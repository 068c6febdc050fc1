// In the choices of a new poll, Enter leads on to the next field: a post half asked must not go out.

/** Watch over these fields, where there are any. */
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
