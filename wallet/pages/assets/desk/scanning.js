// Tells a scan gun from fingers by its speed, wherever the cursor stands: what it types never lands
// in a field or presses a button, and a gun that sends no Enter is understood by the pause after it.
const FAST = 80;
const PAUSE = 200;
const SURE = 6;
const SHORTEST = 12;
const OURS = 89; // letters of the shortest code of ours
const KEYS = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/;

// An input method in Chinese mode hides the letter; the key that was pressed still tells it.
function letterOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  if (event.key.length === 1) return event.key;
  const found = KEYS.exec(event.key === "Process" ? event.code : "");
  return found ? found[1] ?? found[2] ?? found[3] : "";
}

const isField = (element) => element instanceof HTMLElement && element.matches("input, textarea, select");
const cut = (text) => /^FW/i.test(text) && text.length < OURS;

export class Gun {
  #letters = "";
  #last = 0;
  #field = null;
  #before = "";
  #timer = 0;
  #said;

  // said: called with what was scanned.
  constructor(said) {
    this.#said = said;
    addEventListener("keydown", (event) => this.#pressed(event), { capture: true });
  }

  // A wireless gun stutters: what is sure to be a scan, and not yet whole, is given more time.
  get #patience() {
    return cut(this.#letters) ? 3 * PAUSE : PAUSE;
  }

  #pressed(event) {
    const since = event.timeStamp - this.#last;
    const goesOn = since < (this.#letters.length < SURE ? FAST : this.#patience);
    this.#last = event.timeStamp;
    if (["Enter", "Tab"].includes(event.key)) return this.#ended(event, goesOn);
    const letter = letterOf(event);
    if (!letter) return;
    if (!goesOn) this.#begin(event.target);
    this.#letters += letter;
    clearTimeout(this.#timer);
    if (this.#letters.length >= SHORTEST) this.#timer = setTimeout(() => this.#finish(), this.#patience);
  }

  // Typed text ends with a slow Enter, a scan with one that follows at once.
  #ended(event, atOnce) {
    clearTimeout(this.#timer);
    if (atOnce && this.#letters.length >= SHORTEST) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#finish();
    }
    this.#letters = "";
  }

  #begin(target) {
    this.#letters = "";
    this.#field = isField(target) ? target : null;
    this.#before = this.#field?.value ?? "";
  }

  #finish() {
    clearTimeout(this.#timer);
    const scanned = this.#letters;
    const field = this.#field;
    this.#letters = "";
    // these take what a gun types as it is
    if (field?.matches("textarea")) return;
    if (field?.matches("[data-code]")) {
      // its head may have come too slowly to be told from fingers
      return this.#said(!/^FW/i.test(scanned) && field.value.endsWith(scanned) ? field.value : scanned);
    }
    if (field) {
      field.value = this.#before;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.#said(scanned);
  }
}

// A gun with Caps Lock on sends the other case; our codes know one.
export function tidied(text) {
  const plain = text.trim();
  return /^fw[0-9a-z]{20,}$/i.test(plain) ? plain.toUpperCase() : plain;
}
