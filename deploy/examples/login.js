// The page where one logs in, and what one sees then: one's timeline, and a box to add to it.

import { rememberServer, serverIn, whenSent } from "./forms.js";
import { Miniter, Refused } from "./miniter.js";

const [outside, inside] = ["outside", "inside"].map((id) => document.getElementById(id));
const [form, tweet] = ["log-in", "tweet"].map((id) => document.getElementById(id));
const [list, older, trouble] = ["timeline", "older", "trouble"].map((id) => document.getElementById(id));
const template = document.getElementById("tweeted").content;
const SHADES = 6;

let miniter = null;
let next = null; // the address of the page after the last one that is shown

rememberServer(form);
welcomeNewcomer();
whenSent(form, logIn);
whenSent(tweet, say);
older.addEventListener("click", () => undisturbed(showOlder));
document.getElementById("log-out").addEventListener("click", () => leave(""));
document.getElementById("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) tweet.requestSubmit();
});
undisturbed(comeBack);

/** Greet whoever comes from the other page, and spare them typing their address again. */
function welcomeNewcomer() {
  const newcomer = JSON.parse(sessionStorage.getItem("miniter.newcomer") ?? "null");
  if (!newcomer) return;
  document.getElementById("welcome").textContent = `Welcome, ${newcomer.name}. You are number ${newcomer.id}; now log in.`;
  form.elements.email.value = newcomer.email;
  form.elements.password.focus();
}

async function logIn() {
  const one = new Miniter(serverIn(form));
  try {
    await one.logIn(form.elements.email.value, form.elements.password.value);
  } catch (error) {
    throw error.status === 401 ? new Refused(401, "Nobody has this e-mail address and this password.") : error;
  }
  miniter = one;
  await enter();
  sessionStorage.setItem("miniter.in", JSON.stringify({ server: one.server, token: one.token }));
  form.elements.password.value = "";
}

/** Go on where a page that was reloaded has been. */
async function comeBack() {
  const kept = JSON.parse(sessionStorage.getItem("miniter.in") ?? "null");
  if (!kept) return;
  miniter = new Miniter(kept.server, kept.token);
  await enter();
}

async function enter() {
  await show();
  [outside.hidden, inside.hidden] = [true, false];
  document.title = "You are in - miniter";
  inside.querySelector("h1").focus();
}

function leave(why) {
  miniter = null;
  sessionStorage.removeItem("miniter.in");
  sessionStorage.removeItem("miniter.newcomer");
  [outside.hidden, inside.hidden] = [false, true];
  document.title = "Log in - miniter";
  list.replaceChildren();
  form.querySelector(".refusal").textContent = why;
  form.elements.email.focus();
}

async function say() {
  const words = tweet.elements.words;
  await undismissed(async () => {
    await miniter.tweet(words.value);
    words.value = "";
    words.focus();
    await show();
  });
}

/** Show the newest page in the place of whatever is shown. */
async function show() {
  const { userId, tweets, older: address } = await miniter.timeline();
  document.getElementById("who").textContent = `You are number ${userId} at ${new URL(miniter.server).host}.`;
  list.replaceChildren(...tweets.map((said) => drawn(said, userId)));
  document.getElementById("empty").hidden = tweets.length > 0;
  turn(address);
}

async function showOlder() {
  const { userId, tweets, older: address } = await miniter.timeline(next);
  const first = list.children.length;
  list.append(...tweets.map((said) => drawn(said, userId)));
  list.children[first]?.querySelector("article").focus();
  turn(address);
}

function turn(address) {
  next = address;
  older.hidden = !address;
}

/** A tweet as it stands in the list. What people have written is text and stays text. */
function drawn({ user_id: author, tweet: words }, reader) {
  const item = template.cloneNode(true);
  const disc = item.querySelector(".disc");
  disc.textContent = author;
  disc.dataset.shade = author % SHADES;
  item.querySelector(".author").textContent = author === reader ? "You" : `Number ${author}`;
  item.querySelector(".words").textContent = words;
  return item;
}

/** Do something that needs a login; whose token counts no more is asked to log in again. */
async function undismissed(deed) {
  try {
    await deed();
  } catch (error) {
    if (error.status !== 401) throw error;
    leave("Please log in again.");
  }
}

/** The same where no form has a place for what goes wrong. */
async function undisturbed(deed) {
  trouble.textContent = "";
  try {
    await undismissed(deed);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    (inside.hidden ? form.querySelector(".refusal") : trouble).textContent = error.message;
  }
}
