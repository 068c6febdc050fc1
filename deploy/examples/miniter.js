// What the face /miniter of a Microblog understands, as a class: sign up, log in, say something, read.

const PATIENCE = 15_000; // milliseconds

/** The server would not do it, or did not answer (status 0); the message is for people. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class Miniter {
  /** `server` is the address of a Microblog, such as https://example.org/microblog; `token` is what logIn has given. */
  constructor(server, token = "") {
    this.server = server;
    this.token = token;
  }

  /** Give {id, name, email, profile} of the person who has joined. */
  async signUp({ name, email, profile, password }) {
    return this.#told(await this.#send("sign-up", { name, email, profile, password }));
  }

  /** Keep the token of this person, who is known from here on. */
  async logIn(email, password) {
    this.token = (await this.#told(await this.#send("login", { email, password }))).access_token;
  }

  async tweet(words) {
    await this.#send("tweet", { tweet: words });
  }

  /** Give a page of one's own timeline: {userId, tweets: [{user_id, tweet}], older: the address of the next page or null}. */
  async timeline(address = this.#address("timeline")) {
    const answer = await this.#ask(address, {});
    const { user_id: userId, timeline: tweets } = await this.#told(answer);
    const next = /<([^>]*)>; rel="next"/.exec(answer.headers.get("Link") ?? "");
    return { userId, tweets, older: next && new URL(next[1], address).href };
  }

  /** What an answer says; a server that speaks something else is another one than was meant. */
  async #told(answer) {
    try {
      return await answer.json();
    } catch {
      throw new Refused(0, `${this.server} is no Microblog.`);
    }
  }

  #address(path) {
    return `${this.server}/miniter/${path}`;
  }

  #send(path, members) {
    const headers = { "Content-Type": "application/json" };
    return this.#ask(this.#address(path), { method: "POST", headers, body: JSON.stringify(members) });
  }

  async #ask(address, options) {
    const headers = { ...options.headers };
    if (this.token) headers.Authorization = this.token;
    let answer;
    try {
      answer = await fetch(address, { ...options, headers, credentials: "omit", signal: AbortSignal.timeout(PATIENCE) });
    } catch {
      throw new Refused(0, `${this.server} does not answer. Is this the address?`);
    }
    if (!answer.ok) throw new Refused(answer.status, await reason(answer));
    return answer;
  }
}

/** Why not: the words of the source, the member `error` of JSON, or nothing, as with 401. */
async function reason(answer) {
  const text = await answer.text();
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) {
    return answer.status === 404 ? "There is no Microblog at this address." : text;
  }
  try {
    return JSON.parse(text).error ?? "";
  } catch {
    return "";
  }
}
