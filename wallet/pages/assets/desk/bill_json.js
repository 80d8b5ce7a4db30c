// Bills as JSON: from a file, the clipboard or the hospital's own page. Looked through before they
// fill the form; integers only, for a fraction of a fen does not exist.
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

const LINE_INTEGERS = ["quantity_e4", "price_e6", "amount_minor"];
const LINE_TEXTS = ["number", "name"];
const MOST_LINES = 500;

export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (fault) {
    const position = /position (\d+)/.exec(fault.message)?.[1] ?? text.length;
    throw new Wrong(t("desk.bill.json", { position }));
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === "string" && value.trim() !== "";

// Takes a bare bill, or {bill, reported, visit}; returns the latter, or throws with the place.
export function shaped(given) {
  const offer = isObject(given) && "bill" in given ? given : { bill: given };
  const { bill } = offer;
  if (!isObject(bill)) throw wrong("bill");
  if (!Array.isArray(bill.lines) || bill.lines.length === 0 || bill.lines.length > MOST_LINES) throw wrong("bill.lines");
  bill.lines.forEach(checkLine);
  const diagnoses = bill.diagnoses ?? [];
  if (!Array.isArray(diagnoses) || !diagnoses.every((each) => isObject(each) && isText(each.code) && isText(each.name))) {
    throw wrong("bill.diagnoses");
  }
  if (offer.reported !== undefined && !isObject(offer.reported)) throw wrong("reported");
  if (offer.visit !== undefined && !/^vis_[0-9a-z]{52}$/.test(offer.visit)) throw wrong("visit");
  return offer;
}

function checkLine(line, place) {
  const here = `bill.lines[${place}]`;
  if (!isObject(line)) throw wrong(here);
  for (const name of LINE_TEXTS) if (!isText(line[name])) throw wrong(`${here}.${name}`);
  for (const name of LINE_INTEGERS) if (!Number.isSafeInteger(line[name]) || line[name] < 0) throw wrong(`${here}.${name}`);
}

const wrong = (place) => new Wrong(t("desk.bill.shape", { place }));
