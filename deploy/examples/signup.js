// The page where one joins: when it has worked it moves on to the page where one logs in.

import { pageWith, rememberServer, serverIn, whenSent } from "./forms.js";
import { Miniter } from "./miniter.js";

const form = document.getElementById("sign-up");

rememberServer(form);
whenSent(form, async () => {
  const server = serverIn(form);
  const { id, name, email } = await new Miniter(server).signUp(Object.fromEntries(new FormData(form)));
  sessionStorage.setItem("miniter.newcomer", JSON.stringify({ id, name, email }));
  location.assign(pageWith("login.html", server));
});
