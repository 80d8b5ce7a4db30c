// A bill: by hand, from JSON, or from the hospital's own page; kept as it is typed until it is settled.
import { get, put, remove } from "./database.js";
import { $ } from "./elements.js";
import { Lines } from "./lines.js";
import { yuan } from "./money.js";
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

const FIELDS = ["med_type", "diagnosis_code", "diagnosis_name"];
const CHOICES = ["use_account", "self_pay"];
const LARGEST = 512 * 1024;
const SAVE_AFTER = 300;

export class BillForm {
  #form = $("[data-bill]");
  #place;
  #session;
  #timer = 0;
  // what the form has no field for: further diagnoses, what the hospital's system has settled
  #more = {};

  constructor(session, place) {
    this.#session = session;
    this.#place = place;
    this.lines = new Lines(() => this.#changed());
    $("[data-add]").addEventListener("click", () => this.lines.add().querySelector("input").focus());
    $("[data-take]").addEventListener("click", () => this.#loadText($("[data-paste]").value));
    $("[data-file]").addEventListener("change", (event) => this.#fromFile(event.target));
    this.#form.addEventListener("input", () => this.#changed());
  }

  get empty() {
    return this.lines.rows.every((row) => Object.values(row).every((text) => !text));
  }

  async restore() {
    const draft = await get("kept", "draft");
    for (const name of FIELDS) if (draft?.[name]) this.#form.elements[name].value = draft[name];
    for (const name of CHOICES) if (draft) this.#form.elements[name].checked = draft[name];
    this.#more = draft?.more ?? {};
    this.lines.replace(draft?.rows?.length ? draft.rows : [{}]);
    this.lines.showTotal();
  }

  // Throws Wrong, and then changes nothing.
  async load(given) {
    const { shaped } = await import("./bill_json.js");
    const offer = shaped(given);
    const { bill } = offer;
    const [first, ...others] = bill.diagnoses ?? [];
    this.#more = { diagnoses: others, reported: offer.reported };
    this.#form.elements.med_type.value = bill.med_type ?? "11";
    if (first) [this.#form.elements.diagnosis_code.value, this.#form.elements.diagnosis_name.value] = [first.code, first.name];
    if (typeof offer.use_account === "boolean") this.#form.elements.use_account.checked = offer.use_account;
    this.lines.take(bill.lines);
    this.#place.take(bill);
    $("[data-load]").open = false;
    this.#changed();
    const told = { count: bill.lines.length, total: yuan(this.lines.total()) };
    this.#session.say("good", t("desk.bill.loaded", told));
    return told;
  }

  // Returns the body of POST …/settlements without the scan; throws Wrong.
  read() {
    this.#wrong("");
    try {
      return this.#checked();
    } catch (fault) {
      if (fault instanceof Wrong) this.#wrong(fault.message);
      throw fault;
    }
  }

  async clear() {
    this.#more = {};
    for (const name of ["diagnosis_code", "diagnosis_name"]) this.#form.elements[name].value = "";
    this.#form.elements.self_pay.checked = false;
    this.#form.elements.use_account.checked = true;
    $("[data-paste]").value = "";
    $("[data-file]").value = "";
    $("[data-load]").open = false;
    this.lines.replace([{}]);
    this.lines.showTotal();
    this.#wrong("");
    clearTimeout(this.#timer);
    await remove("kept", "draft");
  }

  #checked() {
    const lines = this.lines.read();
    const total = lines.reduce((sum, line) => sum + line.amount_minor, 0);
    if (total === 0) throw new Wrong(t("desk.bill.no_total"));
    const { elements } = this.#form;
    if (!elements.diagnosis_code.checkValidity() || !elements.diagnosis_name.checkValidity()) {
      elements.diagnosis_code.focus();
      throw new Wrong(t("desk.bill.no_diagnosis"));
    }
    const first = { code: elements.diagnosis_code.value.trim(), name: elements.diagnosis_name.value.trim() };
    const bill = {
      med_type: elements.med_type.value.trim(),
      ...this.#place.forBill(),
      diagnoses: [first, ...(this.#more.diagnoses ?? [])],
      lines,
      total_minor: total,
    };
    const wish = { bill, use_account: elements.use_account.checked, self_pay: elements.self_pay.checked };
    return this.#more.reported ? { ...wish, reported: this.#more.reported } : wish;
  }

  async #fromFile(input) {
    const file = input.files[0];
    if (!file) return;
    if (file.size > LARGEST) return this.#session.say("bad", t("desk.bill.big"));
    const text = await file.text();
    $("[data-paste]").value = text;
    await this.#loadText(text);
  }

  async #loadText(text) {
    try {
      const { parsed } = await import("./bill_json.js");
      await this.load(parsed(text));
    } catch (fault) {
      await this.#session.failed(fault);
    }
  }

  #changed() {
    this.lines.showTotal();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { elements } = this.#form;
      const draft = { rows: this.lines.rows, more: this.#more };
      for (const name of FIELDS) draft[name] = elements[name].value;
      for (const name of CHOICES) draft[name] = elements[name].checked;
      put("kept", "draft", draft);
    }, SAVE_AFTER);
  }

  #wrong(sentence) {
    const place = $("[data-bill-wrong]");
    place.hidden = !sentence;
    place.textContent = sentence;
  }
}
