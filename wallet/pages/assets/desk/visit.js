// The visit that this window works on: opened with a scan, or by its id from another window.
import { get, put, remove } from "./database.js";
import { $, facts } from "./elements.js";
import { t } from "./texts.js";

const LOOK_EVERY = 1500;

export class VisitPart {
  #session;
  #timer = 0;
  current = null;

  constructor(session) {
    this.#session = session;
    session.addEventListener("settlement", ({ detail: { settlement } }) => {
      if (settlement?.visit_id === this.current?.id && settlement) this.#look();
    });
    $("[data-visit-cancel]").addEventListener("click", () => {
      if (confirm(t("desk.visit.cancel.sure"))) session.step(() => this.cancel());
    });
  }

  async restore() {
    const id = await get("kept", "visit");
    if (id) await this.#session.resume(() => this.find(id), () => this.clear());
  }

  async find(id) {
    this.show(await this.#session.calls.read(`/v1/visits/${id}`));
  }

  async open(presentation, details) {
    this.show(await this.#session.intents.do("visit", "/v1/visits", { presentation, ...details }));
  }

  async cancel() {
    this.show(await this.#session.intents.do("visit", `/v1/visits/${this.current.id}/cancel`));
    this.#session.say("good", t("desk.visit.cancelled"));
  }

  show(visit) {
    this.current = visit;
    put("kept", "visit", visit.id);
    const place = $("[data-visit]");
    place.hidden = false;
    place.dataset.phase = visit.phase;
    place.replaceChildren(...facts(this.#facts(visit)));
    $("[data-visit-cancel]").hidden = visit.phase !== "open" || visit.settlement_open || visit.settlements > 0;
    clearTimeout(this.#timer);
    if (["registering", "cancelling"].includes(visit.phase)) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY);
  }

  async clear() {
    clearTimeout(this.#timer);
    this.current = null;
    $("[data-visit]").hidden = true;
    $("[data-visit-cancel]").hidden = true;
    await remove("kept", "visit");
  }

  async #look() {
    clearTimeout(this.#timer);
    const { id } = this.current;
    // the desk may have gone on to another patient before the answer
    const still = () => this.current?.id === id;
    try {
      const seen = await this.#session.calls.read(`/v1/visits/${id}`);
      if (still()) this.show(seen);
    } catch {
      if (still()) this.#timer = setTimeout(() => this.#look(), LOOK_EVERY);
    }
  }

  #facts(visit) {
    const state = visit.phase === "registering" ? t("desk.visit.registering") : t(`desk.visit.is_${visit.phase}`);
    const insured = visit.insured ? t("desk.visit.insured.yes", { reference: visit.insurer_reference }) : t("desk.visit.insured.no");
    return [
      [t("desk.visit.state"), visit.locked ? t("desk.doubt") : state],
      [t("desk.visit.number"), visit.visit_number],
      [t("desk.visit.insured"), insured],
      [t("desk.visit.id"), visit.id],
    ];
  }
}
