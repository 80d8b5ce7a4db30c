// Who was scanned, masked, and what each context says: a shape and a word, never colour alone.
import { make } from "./elements.js";
import { inBoth, joined, t, word } from "./texts.js";

const SHAPES = { valid: "✓", refused: "✕", unavailable: "…" };
const TONES = { valid: "good", refused: "bad", unavailable: "warn" };
const ORDER = ["health_card", "insurance", "payment"];
// what a cashier may see beside the verdict itself
const SHOWN = { insutype_name: (value) => value, local: (value) => t(value ? "desk.local.yes" : "desk.local.no") };

function advice(verdict) {
  const options = joined("disjunction", verdict.options.map((name) => word("desk.option.", name)));
  if (!options) return null;
  return t(verdict.refusal === "CHOICE_REQUIRED" ? "desk.verdict.choose" : "desk.verdict.show", { options });
}

function tile(verdict) {
  const details = Object.entries(verdict.fields)
    .filter(([name]) => name in SHOWN)
    .map(([name, value]) => make("span", { class: "tag" }, SHOWN[name](value)));
  const told = inBoth(verdict.message);
  const next = advice(verdict);
  return make(
    "li",
    { class: `verdict ${TONES[verdict.status]}`, "data-context": verdict.context, "data-status": verdict.status },
    make("span", { class: "shape", "aria-hidden": "true" }, SHAPES[verdict.status]),
    make("div", {},
      make("strong", {}, `${word("context.", verdict.context)} · ${t(`desk.verdict.${verdict.status}`)}`),
      told ? make("p", {}, told) : null,
      next ? make("p", {}, next) : null,
      ...details,
    ),
  );
}

function person(resolved) {
  const { name, document: number, age } = resolved.person;
  const years = age === null ? t("desk.person.age.unknown") : t("desk.person.age", { age });
  return make("p", { class: "holder" },
    make("span", { class: "hidden" }, t("desk.person")), make("strong", { "data-name": true }, name), ` ${years} `, make("code", {}, number));
}

export function verdictsOf(resolved) {
  const rank = (verdict) => (ORDER.indexOf(verdict.context) + ORDER.length + 1) % (ORDER.length + 1);
  const sorted = [...resolved.verdicts].sort((one, other) => rank(one) - rank(other));
  return [
    person(resolved),
    resolved.check_holder ? make("p", { class: "notice bad", role: "alert" }, t("desk.person.check")) : null,
    sorted.length
      ? make("ul", { class: "verdicts list" }, ...sorted.map(tile))
      : make("p", { class: "notice" }, t("desk.verdict.none")),
  ].filter(Boolean);
}
