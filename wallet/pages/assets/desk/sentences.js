// One sentence for each state of a settlement: what is going on, and what to do next.
import { yuan } from "./money.js";
import { reason, t } from "./texts.js";

const declined = (settlement) => settlement.tenders.findLast((tender) => ["refused", "cancelled"].includes(tender.phase));

function ofPhase(settlement) {
  const { phase, reason: code } = settlement;
  const values = { cash: yuan(settlement.cash_minor), due: yuan(settlement.due_minor), reason: reason(code || "RETURNED") };
  if (phase === "awaiting_approval") {
    if (settlement.approval_required) return ["warn", t("desk.say.approval", values)];
    if (code === "CASH_PART_GREW") return ["warn", t("desk.say.grew", values)];
    return ["", t(settlement.cash_minor === 0 ? "desk.say.awaiting.none" : "desk.say.awaiting", values)];
  }
  if (phase === "cash_due") {
    const tender = declined(settlement);
    const why = tender ? reason(tender.reason) : code ? reason(code) : "";
    return why ? ["warn", t("desk.say.declined", { ...values, reason: why })] : ["", t("desk.say.cash_due", values)];
  }
  const tones = { completed: "good", cancelled: "", review: "bad" };
  return [tones[phase] ?? "", t(`desk.say.${phase}`, values)];
}

export function sentence(settlement) {
  if (settlement.locked && settlement.phase !== "review") return ["bad", t("desk.doubt")];
  return ofPhase(settlement);
}

function approval(asked) {
  if (!asked) return "approval";
  return asked.state === "identity" ? "identity" : "sign";
}

// What the patient's screen says: amounts alone, nothing that names an illness or a drug.
// asked: what it asks to be signed, if anything.
export function facing(settlement, asked) {
  const { screen, phase } = settlement;
  const values = { cash: yuan(screen.cash_minor), due: yuan(screen.due_minor) };
  const says = {
    awaiting_approval: settlement.approval_required ? approval(asked) : "checking",
    cash_due: "pay",
    completed: "done",
    cancelled: "cancelled",
  };
  return {
    payee: screen.payee,
    total: yuan(screen.total_minor),
    insured: yuan(screen.insured_minor),
    cash: values.cash,
    due: values.due,
    says: t(`desk.screen.${says[phase] ?? "wait"}`, values),
    owing: screen.due_minor > 0 && phase === "cash_due",
    // before the insurer has answered there is nothing to compare
    sums: !["draft", "pre_settling"].includes(phase),
    sign: asked,
    message: settlement.locked ? t("desk.doubt") : "",
  };
}
