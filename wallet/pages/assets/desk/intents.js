// What the desk wants: written down before it is sent, forgotten only with a definite answer.
// A reload or a lost answer finds the intent here and asks again under the same number.
import { all, put, remove } from "./database.js";
import { random } from "./bytes.js";
import { NoAnswer, Refused } from "./refused.js";
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

const SCAN_LIVES = 5 * 60_000;
const PAUSES = [1, 2, 4, 8, 15];

const isOver = (intent) => intent.kind === "resolve" && Date.now() - intent.at > SCAN_LIVES;

export class Intents {
  #calls;
  #tell;
  #open = null;
  #left = [];

  // tell: called with "asking", "waiting" or "again" and the seconds until then.
  constructor(calls, tell) {
    this.#calls = calls;
    this.#tell = tell;
  }

  get busy() {
    return this.#open !== null || this.#left.length > 0;
  }

  // Returns what the server answers; throws Refused with a definite refusal. Waits as long as it takes.
  // What must not lie in this browser is not written down; its number lives as long as the page.
  async do(kind, target, content, { kept = true } = {}) {
    const body = content === undefined ? "" : JSON.stringify(content);
    const intent = { key: random(18), kind, target, body, at: Date.now() };
    this.#open = intent;
    try {
      if (kept) await put("intents", intent.key, intent);
    } catch (fault) {
      this.#open = null;
      throw fault;
    }
    return this.#see(intent);
  }

  // Takes note of those that a page before this one left behind: until they are answered it is busy.
  async load() {
    const found = (await all("intents")).sort((one, other) => one.at - other.at);
    for (const intent of found.filter(isOver)) await remove("intents", intent.key);
    this.#left = found.filter((intent) => !isOver(intent));
    if (this.#left.length) this.#tell("asking", 0);
  }

  // Asks for them, oldest first; each with what came of it.
  async *left() {
    while (this.#left.length) {
      const [intent] = this.#left;
      this.#open = intent;
      this.#tell("asking", 0);
      let came;
      try {
        came = { kind: intent.kind, content: JSON.parse(intent.body || "{}"), told: await this.#see(intent) };
      } catch (refused) {
        came = { kind: intent.kind, refused };
      }
      this.#left.shift();
      yield came;
    }
  }

  async #see(intent) {
    for (let turn = 0; ; turn += 1) {
      try {
        const told = await this.#calls.send(intent);
        await this.#close(intent);
        return told;
      } catch (fault) {
        const refused = fault instanceof Refused ? fault : null;
        const over = isOver(intent);
        // a fault of ours before anything was sent
        const unsent = turn === 0 && !refused && !(fault instanceof NoAnswer);
        if (refused?.definite || over || unsent) {
          await this.#close(intent);
          throw over && !refused ? new Wrong(t("desk.scan.over")) : fault;
        }
        await this.#pause(turn, refused);
      }
    }
  }

  async #pause(turn, refused) {
    const seconds = refused?.wait || PAUSES[Math.min(turn, PAUSES.length - 1)];
    if (navigator.onLine) {
      this.#tell(refused?.wait ? "again" : "asking", seconds);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return;
    }
    this.#tell("waiting", 0);
    await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
  }

  async #close(intent) {
    this.#open = null;
    await remove("intents", intent.key);
  }
}
