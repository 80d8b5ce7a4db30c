// Who bears what, as a table, and how the cash part was met.
import { make } from "./elements.js";
import { yuan } from "./money.js";
import { reason, t, word } from "./texts.js";

const PARTS = ["fund", "account", "mutual_aid", "hospital", "cash"];

function row(name, amount) {
  return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, yuan(amount)));
}

export function splitTable(split) {
  const rows = PARTS.flatMap((part) => {
    const amount = split[`${part}_minor`];
    const funds = part === "fund" ? split.funds : [];
    if (amount === 0 && part !== "cash") return [];
    return [row(t(`split.${part}`), amount), ...funds.map((fund) => row(`　${fund.name}`, fund.amount_minor))];
  });
  return make("table", { class: "split" },
    make("caption", {}, t("desk.split.who")),
    make("tbody", {}, ...rows),
    make("tfoot", {}, row(t("split.total"), split.total_minor)),
  );
}

export function tenderList(tenders) {
  if (tenders.length === 0) return null;
  const items = tenders.map((tender) => {
    const why = tender.reason ? ` · ${reason(tender.reason)}` : "";
    return make("li", { "data-tender-phase": tender.phase }, `${word("method.", tender.method)} ${yuan(tender.amount_minor)} · ${t(`desk.tender.is_${tender.phase}`)}${why}`);
  });
  return make("div", {}, make("h3", {}, t("desk.tender.list")), make("ul", { class: "list" }, ...items));
}
