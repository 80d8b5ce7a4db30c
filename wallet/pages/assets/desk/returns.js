// Returning a settlement, whole or some lines: the net first, then the act; a part takes a fresh scan.
import { $ } from "./elements.js";
import { yuan } from "./money.js";
import { random } from "./bytes.js";
import { t } from "./texts.js";

export class Returns {
  #form = $("[data-return]");
  #session;
  #part;
  #scan;
  #chosen = null; // what the net that is shown is of

  // scan: asks the patient to show a code again, for what remains of a settlement.
  constructor(session, part, scan) {
    this.#session = session;
    this.#part = part;
    this.#scan = scan;
    $("[data-preview]").addEventListener("click", () => session.step(() => this.#preview()));
    this.#form.addEventListener("change", () => ($("[data-return-do]").hidden = true));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      session.step(() => this.#begin());
    });
  }

  // Gives back what was chosen, with the fresh scan's handle, or without one where nothing remains.
  async give({ target, lines }, presentation = "") {
    const told = await this.#session.intents.do("return", `${target}/refunds`, { lines, presentation });
    await this.#part.show(told.settlement);
    this.#session.say("good", t("desk.return.begun"));
  }

  get #lines() {
    return [...this.#form.querySelectorAll('[name="line"]:checked')].map((field) => field.value);
  }

  // Changes nothing, so a lost answer needs no second thought.
  async #preview() {
    const chosen = { target: this.#part.target, lines: this.#lines };
    const body = JSON.stringify({ lines: chosen.lines, preview: true });
    const { net } = await this.#session.calls.send({ target: `${chosen.target}/refunds`, body, key: random(18) });
    this.#chosen = chosen;
    const values = {
      back: yuan(net.back_minor),
      remaining: yuan(net.remaining_minor),
      cash: yuan(net.estimated_cash_minor),
      net: yuan(Math.abs(net.net_minor)),
    };
    const key = net.remaining_minor === 0 ? "whole" : net.net_minor < 0 ? "owes" : "back";
    const place = $("[data-net-said]");
    place.hidden = false;
    place.textContent = t(`desk.return.${key}`, values);
    const act = $("[data-return-do]");
    act.hidden = false;
    act.dataset.remains = String(net.remaining_minor > 0);
  }

  async #begin() {
    const chosen = this.#chosen;
    if ($("[data-return-do]").hidden || chosen?.target !== this.#part.target) return this.#preview();
    if ($("[data-return-do]").dataset.remains === "true") this.#scan(chosen);
    else await this.give(chosen);
  }
}
