// A browser that still holds passes shows its code also to whoever is not signed in any more.
import { kept } from "./store.js";

const shown = document.querySelector("[data-own-code]");
if (shown && (await kept("topUp"))) shown.hidden = false;
