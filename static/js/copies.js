// What is shown once is copied by a button. For pages that have one.
//
// <button data-copies="token" data-done="Copied">   the id of the field, and what the button says afterwards

for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  field.addEventListener("focus", () => field.select());
  if (document.activeElement === field) field.select();
  button.addEventListener("click", async () => {
    field.select();
    if (await copied(field)) button.textContent = button.dataset.done;
  });
}

/** Whether it lies on the clipboard. Browsers have its newer interface on pages with TLS only. */
async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
