// Meeting the cash part at the desk: any number of codes, cards and notes, each no more than is due.
import { $ } from "./elements.js";
import { fen, plain, yuan } from "./money.js";
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

export class TenderForm {
  #form = $("[data-tender]");
  #part;
  #due = -1;

  // scan: asks for a payment code of that many fen, for that settlement.
  constructor(session, part, scan) {
    this.#part = part;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      session.step(async () => {
        const { amount, method, reference } = this.#read();
        if (method === "code") scan(amount, part.target);
        else await this.#take({ method, amount_minor: amount, reference });
      });
    });
  }

  show({ settlement, fresh }) {
    if (!settlement || (!fresh && settlement.due_minor === this.#due)) return;
    this.#due = settlement.due_minor;
    this.#form.elements.amount.value = plain(settlement.due_minor, 2);
    this.#form.elements.reference.value = "";
  }

  async byCode(code, amount, target) {
    await this.#take({ method: "code", amount_minor: amount, code }, { target });
  }

  async #take(tender, how) {
    await this.#part.act("tenders", tender, how);
  }

  #read() {
    const { amount, method, reference } = this.#form.elements;
    const due = this.#part.current.due_minor;
    const value = fen(amount.value);
    if (!value || value > due) {
      amount.focus();
      throw new Wrong(t("desk.tender.wrong", { due: yuan(due) }));
    }
    return { amount: value, method: method.value, reference: reference.value.trim() };
  }
}
