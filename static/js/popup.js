// Who somebody is, beside their name: for whoever rests there with the pointer or with the keyboard.
//
// <a class="user_popup" data-popup="…">   the address of the piece of a page that tells it
//
// It comes after a second and goes when pointer and focus have left both the name and it, or with Escape. It follows the name in
// the document, so that Tab leads into it, and lies on the top layer, so that nothing cuts it off.

const REST = 1_000; // milliseconds on a name before it is asked about
const GRACE = 120; // milliseconds to cross over from the name to what is told
const EDGE = 16; // pixels kept free beside it

let name; // the element rested on
let popup; // what is told of it, once it is there
let timer;
let request;

/** Watch over all names of the page, those that are added later included. */
export function showPeople() {
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

/** Pointer or focus has gone elsewhere; if the other of them does not rest here either, that was it. */
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

/** Below the name where there is room, else above it. */
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
