// A hospital's own page that opened this one may hand it a bill (docs/desk.md). Only origins that the
// deployment lists are heard; a bill fills the form and is settled by the cashier, never by itself.
import { $ } from "./elements.js";
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

const BILL = "fusion-wallet.bill";
const READY = "fusion-wallet.ready";
const SETTLEMENT = "fusion-wallet.settlement";
const ID = /^[\x21-\x7e]{1,64}$/;

export function his(session, bill, visit) {
  const allowed = new Set($("[data-desk]").dataset.his.split(" ").filter(Boolean));
  if (allowed.size === 0) return;
  let asked = null;
  let told = null;

  const answer = (to, message) => to.source.postMessage(message, to.origin);

  async function take(to, message) {
    if (!bill.empty && !told?.over) {
      session.say("warn", t("desk.his.kept"));
      return answer(to, { type: BILL, id: message.id, status: "busy" });
    }
    try {
      const loaded = await bill.load(message);
      asked = to;
      told = { id: message.id };
      if (message.visit) await session.step(() => visit.find(message.visit));
      session.say("good", t("desk.his.loaded", loaded));
      answer(to, { type: BILL, id: message.id, status: "loaded" });
    } catch (fault) {
      if (!(fault instanceof Wrong)) throw fault;
      session.say("bad", t("desk.his.refused", { place: fault.message }));
      answer(to, { type: BILL, id: message.id, status: "refused" });
    }
  }

  addEventListener("message", (event) => {
    const message = event.data;
    if (!allowed.has(event.origin) || message?.type !== BILL || !ID.test(message.id ?? "")) return;
    const { source, origin } = event;
    take({ source, origin }, { id: message.id, visit: message.visit, bill: message.bill, ...(message.reported ? { reported: message.reported } : {}) });
  });

  // whoever opened this page hears that it listens, if it is one of the listed
  for (const origin of allowed) window.opener?.postMessage({ type: READY }, origin);

  session.addEventListener("settlement", ({ detail: { settlement } }) => {
    if (!asked || !settlement) return;
    const { id: name, phase, status, cash_minor: cash, due_minor: due } = settlement;
    told.over = ["completed", "cancelled"].includes(phase);
    answer(asked, { type: SETTLEMENT, id: told.id, settlement: name, phase, status, cash_minor: cash, due_minor: due });
  });
}
