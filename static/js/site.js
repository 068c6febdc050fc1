// The site without scripts is whole; this makes it nicer. Each module looks for what it knows and leaves the rest alone. What only
// one page has is named by that page. Pages name made/site.js, which is made of this and of what it imports.

import { keepTimes } from "./times.js";
import { countCharacters, guardForms, showPasswords, walkChoices } from "./forms.js";
import { watchNotifications } from "./notifications.js";
import { showPeople } from "./popup.js";
import { translateInPlace } from "./translate.js";

keepTimes();
countCharacters();
showPasswords();
guardForms();
showPeople();
translateInPlace();
walkChoices();
watchNotifications();
