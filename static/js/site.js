// The site without scripts is whole; this makes it nicer. Each module looks for what it knows and leaves the rest alone.

import { keepTimes } from "./times.js";
import { countCharacters, showPasswords } from "./fields.js";
import { guardForms } from "./forms.js";

keepTimes();
countCharacters();
showPasswords();
guardForms();
