// Tells a scan gun from fingers by its speed, wherever the cursor stands: what it types never lands
// in a field or presses a button, and a gun that sends no Enter is understood by the pause after it.
const FAST = 50;
const PAUSE = 160;
const SHORTEST = 12;
const KEYS = /^(?:Key([A-Z])|Digit(\d)|Numpad(\d))$/;

// An input method in Chinese mode hides the letter; the key that was pressed still tells it.
function letterOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return "";
  if (event.key.length === 1) return event.key;
  const found = KEYS.exec(event.key === "Process" ? event.code : "");
  return found ? found[1] ?? found[2] ?? found[3] : "";
}

const isField = (element) => element instanceof HTMLElement && element.matches("input, textarea, select");

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

  #pressed(event) {
    const since = event.timeStamp - this.#last;
    const fast = since < FAST;
    this.#last = event.timeStamp;
    if (["Enter", "Tab"].includes(event.key)) {
      clearTimeout(this.#timer);
      // typed text ends with a slow Enter, a scan with one that follows at once
      if (since < PAUSE && this.#letters.length >= SHORTEST) {
        event.preventDefault();
        event.stopImmediatePropagation();
        this.#finish();
      }
      this.#letters = "";
      return;
    }
    const letter = letterOf(event);
    if (!letter) return;
    if (!fast) this.#begin(event.target);
    this.#letters += letter;
    clearTimeout(this.#timer);
    if (this.#letters.length >= SHORTEST) this.#timer = setTimeout(() => this.#finish(), PAUSE);
  }

  #begin(target) {
    this.#letters = "";
    this.#field = isField(target) ? target : null;
    this.#before = this.#field?.value ?? "";
  }

  #finish() {
    clearTimeout(this.#timer);
    const scanned = this.#letters;
    this.#letters = "";
    if (this.#field && !this.#field.matches("[data-code], [name=token], textarea")) {
      this.#field.value = this.#before;
      this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (!this.#field?.matches("[name=token], textarea")) this.#said(scanned);
  }
}

// A gun with Caps Lock on sends the other case; our codes know one.
export function tidied(text) {
  const plain = text.trim();
  return /^fw[0-9a-z]{20,}$/i.test(plain) ? plain.toUpperCase() : plain;
}
