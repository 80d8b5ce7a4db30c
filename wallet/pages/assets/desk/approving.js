// Has the patient sign on their screen and sends what they signed: exactly what was shown with it.
// Nothing of a signature is kept in this browser, so a page that is left has it signed again.
import { $ } from "./elements.js";
import { yuan } from "./money.js";
import { Refused } from "./refused.js";
import { t } from "./texts.js";

const REASONS = ["ink", "identity", "limit"];

function why(fault) {
  if (!(fault instanceof Refused)) return "refused";
  if (REASONS.includes(fault.told.reason)) return fault.told.reason;
  return fault.code === "STATE_CONFLICT" ? "changed" : "refused";
}

export class Approving {
  #session;
  #part;
  #place;
  #tell;
  #button = $("[data-compared]");
  #settlement = null;
  #about = "";
  #state = "open";

  // tell: called when the patient's screen has to say something else.
  constructor(session, part, place, tell) {
    this.#session = session;
    this.#part = part;
    this.#place = place;
    this.#tell = tell;
    this.#button.addEventListener("click", () => {
      this.#button.setAttribute("aria-pressed", String(!this.#compared));
      this.#turn("open");
    });
  }

  get #compared() {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  get #waits() {
    const said = this.#settlement?.approval_on_screen ?? "no";
    return said !== "no" && this.#state !== "limit";
  }

  get #blocked() {
    const wanted = this.#settlement.approval_on_screen === "identity" || this.#state === "identity";
    return wanted && !this.#compared;
  }

  // What the screen asks to be signed, if anything.
  get asked() {
    if (!this.#waits) return null;
    const { id, version, cash_minor: amount, screen } = this.#settlement;
    return { settlement: id, version, amount_minor: amount, payee: screen.payee, state: this.#blocked ? "identity" : this.#state };
  }

  show(settlement) {
    const other = settlement?.id !== this.#settlement?.id;
    const about = settlement && settlement.approval_on_screen !== "no" ? `${settlement.id} ${settlement.version}` : "";
    if (other) this.#button.setAttribute("aria-pressed", "false");
    // the same payment with something else to agree to: what was drawn does not stand for it
    if (about !== this.#about) this.#state = !other && this.#about && about ? "changed" : "open";
    this.#about = about;
    this.#settlement = settlement;
    this.#draw();
  }

  async take({ settlement, version, amount_minor, payee, strokes }) {
    if (this.#state === "sending" || settlement !== this.#part.current?.id || !this.asked) return;
    let came = navigator.onLine ? "busy" : "offline";
    await this.#session.step(async () => {
      came = "refused";
      const { operator } = this.#place.forVisit();
      const signed = { version, amount_minor, payee, strokes, operator, identity_checked: this.#compared };
      this.#turn("sending");
      try {
        await this.#part.act("approve-on-screen", signed, { kept: false });
        came = "";
        this.#session.say("good", t("desk.sign.signed"));
      } catch (fault) {
        came = why(fault);
        throw fault;
      }
    });
    if (came) this.#turn(came);
  }

  #turn(state) {
    this.#state = state;
    this.#draw();
    this.#tell();
  }

  #draw() {
    $("[data-signing]").hidden = !this.#waits;
    if (!this.#waits) return;
    const state = this.#blocked ? "identity" : this.#state;
    const said = $("[data-signing-said]");
    said.textContent = t(`desk.sign.${state}`, { cash: yuan(this.#settlement.cash_minor) });
    said.dataset.signingState = state;
  }
}
