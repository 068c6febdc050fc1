// What the forms of both pages have in common: the address of the server, one sending at a time, and what was wrong.

import { Refused } from "./miniter.js";

/** Fill the field of the server from ?server= or from last time, and let the link to the other page carry it along. */
export function rememberServer(form) {
  const field = form.elements.server;
  const link = document.getElementById("other-page");
  field.value = new URLSearchParams(location.search).get("server") ?? localStorage.getItem("miniter.server") ?? "";
  const follow = () => link.setAttribute("href", pageWith(link.pathname.split("/").at(-1), field.value));
  field.addEventListener("input", follow);
  follow();
}

/** The address of one of our pages, for this server. */
export function pageWith(page, server) {
  return server ? `${page}?${new URLSearchParams({ server })}` : page;
}

/** The address of a Microblog as it was typed, without what does not belong to it; Refused if it is none. */
export function serverIn(form) {
  const typed = form.elements.server.value.trim();
  const whole = /^https?:\/\//i.test(typed) ? typed : `${/^(localhost|127\.|\[)/.test(typed) ? "http" : "https"}://${typed}`;
  if (!URL.canParse(whole)) throw new Refused(0, "The address of a server looks like https://example.org/microblog.");
  const { origin, pathname } = new URL(whole);
  const server = origin + pathname.replace(/\/+$/, "").replace(/\/miniter$/, "");
  localStorage.setItem("miniter.server", server);
  return server;
}

/** Do this when the form is sent, once at a time; what the server says against it stands in the form. */
export function whenSent(form, deed) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (button.ariaBusy === "true") return;
    const refusal = form.querySelector(".refusal");
    button.ariaBusy = "true";
    refusal.textContent = "";
    try {
      await deed();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusal.textContent = error.message || "The server would not do that.";
    } finally {
      button.ariaBusy = "false";
    }
  });
}
