// One settlement: its split, its sentence, and the acts that its phase allows.
import { get, put, remove } from "./database.js";
import { $, make } from "./elements.js";
import { yuan } from "./money.js";
import { sentence } from "./sentences.js";
import { splitTable, tenderList } from "./split.js";
import { refusals, t } from "./texts.js";

const LOOK_EVERY = 1500;
const MOVING = ["draft", "pre_settling", "securing", "insuring", "charging", "cancelling"];
const UNDOABLE = ["awaiting_approval", "cash_due"];

export class SettlementPart {
  #session;
  #timer = 0;
  #shown = "";
  current = null;

  constructor(session) {
    this.#session = session;
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.look());
    session.addEventListener("changed", () => this.look());
  }

  get target() {
    return `/v1/settlements/${this.current.id}`;
  }

  async restore() {
    const id = await get("kept", "settlement");
    if (id) await this.#session.resume(() => this.find(id), () => this.clear());
  }

  async find(id) {
    await this.show(await this.#session.calls.read(`/v1/settlements/${id}`));
  }

  async open(visitId, body) {
    await this.show(await this.#session.intents.do("settlement", `/v1/visits/${visitId}/settlements`, body));
  }

  // target: of the settlement that is acted on; the one that is shown unless it was chosen before.
  async act(what, content, { target = this.target, ...how } = {}) {
    await this.show(await this.#session.intents.do("settlement", `${target}/${what}`, content, how));
  }

  async look() {
    clearTimeout(this.#timer);
    if (!this.current) return;
    const { id } = this.current;
    try {
      const seen = await this.#session.calls.read(`/v1/settlements/${id}`);
      if (this.current?.id === id) await this.show(seen);
    } catch {
      if (this.current?.id === id) this.#later();
    }
  }

  async show(settlement) {
    if (settlement.reason || settlement.tenders.some((tender) => tender.reason)) await refusals();
    // a later look may have come in between
    if (settlement.id === this.current?.id && settlement.version < this.current.version) return;
    const fresh = settlement.id !== this.current?.id;
    this.current = settlement;
    if (fresh) put("kept", "settlement", settlement.id);
    const seen = JSON.stringify(settlement);
    if (seen !== this.#shown) {
      this.#shown = seen;
      this.#draw(settlement);
      this.#session.say(...sentence(settlement));
      this.#session.tell("settlement", { settlement, fresh });
    }
    this.#later();
  }

  async clear() {
    clearTimeout(this.#timer);
    this.current = null;
    this.#shown = "";
    $("[data-settlement]").replaceChildren(make("p", { class: "lead" }, t("desk.settlement.none")));
    for (const part of ["confirm", "tender", "cancel", "receipt-show", "follow", "receipt"]) $(`[data-${part}]`).hidden = true;
    $("[data-payouts]").replaceChildren();
    await remove("kept", "settlement");
    this.#session.tell("settlement", { settlement: null, fresh: true });
  }

  #later() {
    clearTimeout(this.#timer);
    const { phase, refunds } = this.current;
    const going = MOVING.includes(phase) || phase === "awaiting_approval" || phase === "cash_due" || phase === "review";
    const returning = refunds.some((refund) => refund.phase === "refunding");
    if (going || returning) this.#timer = setTimeout(() => this.look(), LOOK_EVERY);
  }

  #draw(settlement) {
    const [tone, said] = sentence(settlement);
    const { phase, identity, split, locked } = settlement;
    $("[data-settlement]").replaceChildren(
      ...[
        make("p", { class: `notice say ${tone}`, "data-say": true, "data-phase": phase }, said),
        make("p", { class: "holder" }, make("strong", {}, identity.name), ` ${identity.age === null ? "" : t("desk.person.age", identity)} `, make("code", {}, identity.document)),
        split ? splitTable(split) : null,
        tenderList(settlement.tenders),
      ].filter(Boolean),
    );
    $("[data-confirm]").hidden = phase !== "awaiting_approval" || locked;
    const agreement = $('[data-by="agreement"]');
    // while an approval is awaited, only a checked document lets the agreement go on
    const waits = settlement.approval_required && $("[data-checked]").hidden;
    agreement.hidden = !settlement.agreement || settlement.cash_minor === 0 || waits;
    agreement.textContent = `${t("desk.confirm.agreement")} ${yuan(settlement.cash_minor)}`;
    $("[data-tender]").hidden = phase !== "cash_due" || locked;
    $("[data-cancel]").hidden = !UNDOABLE.includes(phase) || locked;
    $("[data-receipt-show]").hidden = settlement.completed_at === null;
    $("[data-follow]").hidden = phase !== "cancelled" || settlement.replaced_by === null;
    $("[data-payouts]").replaceChildren(...settlement.refunds.map((refund) => this.#payout(refund)));
  }

  #payout(refund) {
    const values = { amount: yuan(refund.amount_minor), method: t(`method.${refund.method}`) };
    if (refund.phase !== "payout") return make("p", { class: "notice" }, t(`desk.payout.${refund.phase}`, values));
    const done = () => this.#session.step(() => this.act(`refunds/${refund.id}/confirm`, {}));
    return make("p", { class: "notice warn" }, t("desk.say.payout", values), " ", make("button", { type: "button", "data-paid-out": true, onclick: done }, t("desk.payout.done")));
  }
}
