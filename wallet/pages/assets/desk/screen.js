// The second window that faces the patient: the desk says what it shows, over a channel that never
// leaves this browser. Without a heartbeat it shows nothing, so no sum stays behind.
import { facing } from "./sentences.js";
import { t } from "./texts.js";

export const CHANNEL = "fusion-desk-screen";
export const BEAT = 2000;

export class Screen {
  #channel = new BroadcastChannel(CHANNEL);
  #shown = null;

  constructor() {
    this.#channel.addEventListener("message", ({ data }) => data === "hello" && this.#send());
    setInterval(() => this.#send(), BEAT);
    addEventListener("pagehide", () => this.#channel.postMessage({ shown: null }));
  }

  open(session) {
    if (!window.open("/desk/patient", "fusion-patient", "popup,width=900,height=700")) session.say("warn", t("desk.screen.blocked"));
  }

  show({ settlement }) {
    this.#shown = settlement ? facing(settlement) : null;
    this.#send();
  }

  #send() {
    this.#channel.postMessage({ shown: this.#shown });
  }
}
