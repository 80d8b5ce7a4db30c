// The second window that faces the patient: the desk says what it shows, over a channel that never
// leaves this browser. Without a heartbeat it shows nothing, so no sum stays behind.
import { Approving } from "./approving.js";
import { BEAT, CHANNEL } from "./channel.js";
import { facing } from "./sentences.js";
import { t } from "./texts.js";

export class Screen {
  #channel = new BroadcastChannel(CHANNEL);
  #settlement = null;
  #approving;

  constructor(session, part, place) {
    this.#approving = new Approving(session, part, place, () => this.#send());
    this.#channel.addEventListener("message", ({ data }) => {
      if (data === "hello") this.#send();
      else if (data.signed) this.#approving.take(data.signed);
    });
    setInterval(() => this.#send(), BEAT);
    addEventListener("pagehide", () => this.#channel.postMessage({ shown: null }));
  }

  open(session) {
    if (!window.open("/desk/patient", "fusion-patient", "popup,width=900,height=900")) session.say("warn", t("desk.screen.blocked"));
  }

  show({ settlement }) {
    this.#settlement = settlement;
    this.#approving.show(settlement);
    this.#send();
  }

  #send() {
    const shown = this.#settlement && facing(this.#settlement, this.#approving.asked);
    this.#channel.postMessage({ shown });
  }
}
