// What every part of the desk shares: who the terminal is, how the desk speaks, how it acts.
import { Access } from "./access.js";
import { Calls } from "./calls.js";
import { offBySeconds } from "./clock.js";
import { $, make } from "./elements.js";
import { Intents } from "./intents.js";
import { NoAnswer, Refused } from "./refused.js";
import { problemSentence, refusals, t } from "./texts.js";
import { Wrong } from "./wrong.js";

const CLOCK_OFF = 20;

export class Session extends EventTarget {
  #stepping = false;

  constructor(terminal) {
    super();
    this.terminal = terminal;
    this.calls = new Calls(terminal, (this.access = new Access(terminal)));
    this.intents = new Intents(this.calls, (what, seconds) => this.say("warn", t(`desk.net.${what}`, { seconds })));
  }

  say(tone, ...parts) {
    const place = $("[data-said]");
    place.className = `notice desk-said ${tone}`;
    place.replaceChildren(...parts);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  // Runs one step of the desk; whatever goes wrong becomes a sentence, and nothing typed is lost.
  async step(act) {
    if (this.#stepping || this.intents.busy) return this.say("warn", t("desk.net.busy"));
    if (!navigator.onLine) return this.say("bad", t("desk.net.offline"));
    this.#stepping = true;
    document.body.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (fault) {
      await this.failed(fault);
    } finally {
      this.#stepping = false;
      document.body.removeAttribute("aria-busy");
    }
  }

  async failed(fault) {
    if (fault instanceof Wrong) return this.say("warn", fault.message);
    if (!(fault instanceof Refused)) {
      this.say("bad", t(navigator.onLine ? "desk.net.none" : "desk.net.offline"));
      if (fault instanceof NoAnswer) return;
      throw fault;
    }
    if (fault.code === "TERMINAL_UNKNOWN") {
      return this.say("bad", t("desk.gone"), " ", make("a", { href: "/desk/enrol" }, t("desk.gone.enrol")));
    }
    await refusals();
    this.say(fault.code === "STATE_CONFLICT" ? "warn" : "bad", problemSentence(fault));
    if (fault.code === "STATE_CONFLICT") this.tell("changed");
  }

  // Takes up what an earlier page worked on; only what is not there any more is forgotten.
  async resume(find, forget) {
    try {
      await find();
    } catch (fault) {
      if (fault instanceof Refused && fault.code === "NOT_FOUND") await forget();
      else await this.failed(fault);
    }
  }

  // The token is had before anybody scans, so that a scan costs one call.
  async ready() {
    try {
      await this.access.token();
    } catch (fault) {
      await this.failed(fault);
    }
    if (Math.abs(offBySeconds()) > CLOCK_OFF) this.say("warn", t("desk.net.clock", { seconds: Math.abs(offBySeconds()) }));
  }
}
