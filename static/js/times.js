// Times in the reader's own zone and the page's language, as far as the browser's Intl knows them.
//
// <time datetime="…Z">                      how long ago
// <time datetime="…Z" data-style="ahead">   in how long
// <time datetime="…Z" data-style="long">    day and hour
// <time datetime="…Z" data-style="date">    the day alone
//
// The exact time stays in the title.

const language = document.documentElement.lang || "en";
const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const long = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const date = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const counted = new Intl.RelativeTimeFormat(language, { numeric: "always" });
const now = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");

// Each unit with its length in seconds, the longest first.
const UNITS = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago a moment was, in words: "now", "3 hours ago". A clock that is ahead of ours still says "now". */
export function ago(moment, reference = Date.now()) {
  const seconds = (reference - moment) / 1_000;
  const unit = UNITS.find(([, length]) => seconds >= length);
  return unit ? counted.format(-Math.floor(seconds / unit[1]), unit[0]) : now;
}

/** In how long a moment will be: "in 33 hours", for one day would say too little; at last "in 1 minute", then "now". */
export function ahead(moment, reference = Date.now()) {
  const seconds = (moment - reference) / 1_000;
  const [name, length] = UNITS.find(([, length]) => seconds >= 2 * length) ?? UNITS.at(-1);
  return seconds > 0 ? counted.format(Math.max(1, Math.round(seconds / length)), name) : now;
}

const STYLES = { long: (moment) => long.format(moment), date: (moment) => date.format(moment), ahead };

/** Put every time at or below a node into the reader's words. */
export function tellTimes(root = document) {
  const found = [...root.querySelectorAll("time[datetime]")];
  if (root instanceof Element && root.matches("time[datetime]")) found.push(root);
  for (const element of found) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = exact.format(moment);
    const text = (STYLES[element.dataset.style] ?? ago)(moment);
    if (element.textContent !== text) element.textContent = text;
  }
}

/** Tell the times of the page now, of whatever is added to it later, and again while time goes by. */
export function keepTimes() {
  tellTimes();
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node instanceof Element) tellTimes(node);
    }
  }).observe(document.body, { childList: true, subtree: true });
  setInterval(() => document.hidden || tellTimes(), 30_000);
  document.addEventListener("visibilitychange", () => document.hidden || tellTimes());
}
