// What this terminal's shift comes to.
import { $, make } from "./elements.js";
import { yuan } from "./money.js";
import { t, word } from "./texts.js";

const COLUMNS = ["method", "taken", "given_back", "net"];

const written = (text) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "medium", timeZone: "Asia/Shanghai" }).format(new Date(text));

// The field speaks China's time, as all that is shown does, whatever the computer's zone; the
// interface UTC, in whole seconds.
const instant = (local) => (local ? `${new Date(`${local}+08:00`).toISOString().slice(0, 19)}Z` : "");

function table(totals) {
  const cells = (name, taken, back, net) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, taken), make("td", {}, back), make("td", {}, net));
  const rows = totals.methods.map((each) =>
    cells(`${word("method.", each.method)} ${each.provider}`.trim(), `${each.taken_count} · ${yuan(each.taken_minor)}`, `${each.given_back_count} · ${yuan(each.given_back_minor)}`, yuan(each.net_minor)),
  );
  return make("table", {},
    make("thead", {}, make("tr", {}, ...COLUMNS.map((name) => make("th", { scope: "col" }, t(`desk.shift.${name}`))))),
    make("tbody", {}, ...rows),
    make("tfoot", {}, cells(t("split.total"), yuan(totals.taken_minor), yuan(totals.given_back_minor), yuan(totals.net_minor))),
  );
}

function sums(totals, name) {
  const said = ({ count, total_minor: total, insured_minor: insured }) => ({ count, total: yuan(total), insured: yuan(insured) });
  return [
    make("p", {}, t("desk.shift.time", { since: written(totals.since), until: written(totals.until), name })),
    make("p", {}, t("desk.shift.settled", said(totals.settled))),
    totals.undone.count ? make("p", {}, t("desk.shift.undone", said(totals.undone))) : null,
    table(totals),
    make("p", { class: "most" }, `${t("desk.shift.drawer")} `, make("strong", { "data-drawer": true }, yuan(totals.drawer_minor))),
  ].filter(Boolean);
}

// Returns what opens the dialog and adds up.
export function shifts(session) {
  const dialog = $('[data-dialog="shift"]');
  const { elements } = $("[data-shift]");
  const show = async () => {
    const asked = new URLSearchParams();
    for (const name of ["since", "until"]) if (elements[name].value) asked.set(name, instant(elements[name].value));
    const query = asked.size ? `?${asked}` : "";
    $("[data-shift-sums]").replaceChildren(...sums(await session.calls.read(`/v1/shift-totals${query}`), session.terminal.name));
  };
  $("[data-shift-show]").addEventListener("click", () => session.step(show));
  return () => {
    dialog.showModal();
    return show();
  };
}
