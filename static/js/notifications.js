// What is new, asked for every ten seconds as long as somebody looks at the page. What a signal is about stands in its name;
// names we do not know are left alone.

const EVERY = 10_000; // milliseconds
const LONGEST_PAUSE = 300_000; // between two tries while the server does not answer

const RECEIVERS = {
  unread_message_count: (count) => showCount("message_count", count),
  unread_notification_count: (count) => showCount("notification_count", count),
  task_progress: ({ task_id, progress }) => show(`${task_id}-progress`, progress),
};

function show(id, text) {
  const element = document.getElementById(id);
  if (element) element.textContent = String(text);
  return element;
}

function showCount(id, count) {
  show(id, count)?.classList.toggle("none", count === 0);
}

/** Hand each signal to whoever knows its name; gives the time of the last one. */
export function receive(signals, since = 0) {
  for (const { name, data, timestamp } of signals) {
    since = Math.max(since, timestamp);
    if (Object.hasOwn(RECEIVERS, name)) RECEIVERS[name](data);
  }
  return since;
}

/** Ask at the address that the bar names, where it names one: it does for people who are logged in. */
export function watchNotifications() {
  const address = document.querySelector("[data-notifications]")?.dataset.notifications;
  if (!address) return;
  let since = 0;
  let pause = EVERY;
  let timer = 0;
  let asking = false;

  async function ask() {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(`${address}?${new URLSearchParams({ since })}`, {
        headers: { Accept: "application/json" },
        redirect: "error",
        signal: AbortSignal.timeout(EVERY),
      });
      if (answer.status === 401) return; // logged out elsewhere: nothing more to ask for
      if (!answer.ok) throw new Error(answer.statusText);
      since = receive(await answer.json(), since);
      pause = EVERY;
    } catch {
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    } finally {
      asking = false;
    }
    later();
  }

  function later() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(ask, pause);
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : ask()));
  addEventListener("pageshow", (event) => event.persisted && ask());
  later();
}
