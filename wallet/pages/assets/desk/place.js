// Where in the hospital this desk is: typed once, kept in this browser, sent with visits and bills.
import { get, put } from "./database.js";
import { $ } from "./elements.js";
import { joined, t } from "./texts.js";
import { Wrong } from "./wrong.js";

const VISIT = ["department_code", "department_name", "doctor_code", "doctor_name", "operator"];
const BILL = [...VISIT, "window", "shift"];

export class Place {
  #form = $("[data-place]");

  async restore() {
    const kept = (await get("kept", "place")) ?? {};
    for (const name of BILL) this.#form.elements[name].value = kept[name] ?? "";
    this.#form.addEventListener("input", () => put("kept", "place", this.#read(BILL)));
  }

  // Returns what goes into a visit or bill; throws a sentence that names what is missing.
  forVisit() {
    return this.#checked(VISIT);
  }

  forBill() {
    return this.#checked(BILL);
  }

  take(bill) {
    for (const name of BILL) if (bill[name]) this.#form.elements[name].value = bill[name];
    put("kept", "place", this.#read(BILL));
  }

  #checked(names) {
    const wrong = names.filter((name) => !this.#form.elements[name].checkValidity());
    if (wrong.length === 0) return this.#read(names);
    this.#form.elements[wrong[0]].focus();
    throw new Wrong(t("desk.place.missing", { names: joined("unit", wrong.map((name) => t(`desk.place.${name}`))) }));
  }

  #read(names) {
    return Object.fromEntries(names.map((name) => [name, this.#form.elements[name].value.trim()]));
  }
}
