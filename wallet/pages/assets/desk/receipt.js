// The receipt, for paper and for choosing what is returned.
import { $, facts, make } from "./elements.js";
import { plain, yuan } from "./money.js";
import { splitTable, tenderList } from "./split.js";
import { t } from "./texts.js";

const written = (text) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Shanghai" }).format(new Date(text));

function lineTable(lines) {
  const head = ["item", "quantity", "amount"].map((name) => make("th", { scope: "col" }, t(`desk.receipt.${name}`)));
  const rows = lines.map((line) =>
    make("tr", {}, make("th", { scope: "row" }, line.name), make("td", {}, plain(line.quantity_e4, 4, 0)), make("td", {}, yuan(line.amount_minor))),
  );
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

function paper(receipt) {
  const told = [
    [t("desk.receipt.at"), written(receipt.completed_at)],
    [t("desk.receipt.number"), receipt.settlement_id],
  ];
  if (receipt.insurer_reference) told.push([t("desk.receipt.insurer"), receipt.insurer_reference]);
  return [
    make("h3", {}, receipt.payee),
    receipt.returned ? make("p", { class: "notice bad" }, t("desk.receipt.returned")) : null,
    make("dl", { class: "facts" }, ...facts(told)),
    lineTable(receipt.lines),
    receipt.split ? splitTable(receipt.split) : null,
    tenderList(receipt.tenders),
    make("p", { class: "small" }, receipt.invono ? t("desk.receipt.invono", { number: receipt.invono }) : t("desk.receipt.not_invoice")),
  ].filter(Boolean);
}

function choices(receipt) {
  return receipt.lines.map((line) =>
    make("label", { class: "check" }, make("input", { type: "checkbox", name: "line", value: line.number }), ` ${line.name} ${yuan(line.amount_minor)}`),
  );
}

export class ReceiptPart {
  #session;
  #part;

  constructor(session, part) {
    this.#session = session;
    this.#part = part;
    session.addEventListener("settlement", ({ detail: { settlement, fresh } }) => {
      if (fresh || settlement.completed_at === null) this.#hide();
      else if (!$("[data-receipt]").hidden) this.show().catch((fault) => session.failed(fault));
    });
  }

  async show() {
    const receipt = await this.#session.calls.read(`${this.#part.target}/receipt`);
    $("[data-receipt-paper]").replaceChildren(...paper(receipt));
    $("[data-receipt]").hidden = false;
    $("[data-return]").hidden = receipt.returned;
    $("[data-return-lines]").replaceChildren(...choices(receipt));
    $("[data-return-do]").hidden = true;
    $("[data-net-said]").hidden = true;
  }

  #hide() {
    $("[data-receipt]").hidden = true;
  }
}
