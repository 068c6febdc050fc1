// The site without scripts is whole; this makes it nicer. Each module looks for what it knows and leaves the rest alone.

import { keepTimes } from "./times.js";
import { countCharacters, showPasswords } from "./fields.js";
import { guardForms } from "./forms.js";
import { walkChoices } from "./choices.js";
import { answerCopies } from "./copies.js";
import { watchNotifications } from "./notifications.js";
import { shrinkPictures } from "./pictures.js";
import { showPeople } from "./popup.js";
import { translateInPlace } from "./translate.js";

keepTimes();
countCharacters();
showPasswords();
guardForms();
showPeople();
shrinkPictures();
translateInPlace();
walkChoices();
answerCopies();
watchNotifications();
