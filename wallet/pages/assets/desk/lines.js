// The rows of a bill: typed in yuan, kept as typed, read as integers.
import { $, make } from "./elements.js";
import { agrees, fen, plain, priceE6, product, quantityE4, yuan } from "./money.js";
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

const COLUMNS = ["catalogue_code", "name", "quantity", "price", "amount"];
const NUMERIC = ["quantity", "price", "amount"];

export class Lines {
  #body = $("[data-lines]");
  #changed;

  constructor(changed) {
    this.#changed = changed;
    this.#body.addEventListener("input", (event) => this.#typed(event.target));
  }

  get rows() {
    return [...this.#body.rows].map((row) => ({ ...this.#texts(row), hospital_code: row.dataset.hospital, number: row.dataset.number }));
  }

  add(texts = {}) {
    const row = make("tr", { "data-hospital": texts.hospital_code ?? "", "data-number": texts.number ?? "" });
    for (const name of COLUMNS) row.append(make("td", {}, this.#field(name, texts[name] ?? "")));
    const remove = make("button", { type: "button", class: "quiet", onclick: () => (row.remove(), this.#renumber(), this.#changed()) }, "✕");
    row.append(make("td", {}, remove));
    this.#body.append(row);
    this.#renumber();
    return row;
  }

  replace(rows) {
    this.#body.replaceChildren();
    for (const row of rows) this.add(row);
  }

  take(lines) {
    this.replace(
      lines.map((line) => ({
        ...line,
        catalogue_code: line.catalogue_code ?? "",
        quantity: plain(line.quantity_e4, 4, 0),
        price: plain(line.price_e6, 6, 2),
        amount: plain(line.amount_minor, 2),
      })),
    );
  }

  total() {
    return this.rows.reduce((sum, row) => sum + (fen(row.amount) ?? 0), 0);
  }

  // Returns the lines as the interface takes them; throws the first thing that is wrong.
  read() {
    if (this.#body.rows.length === 0) throw new Wrong(t("desk.bill.no_lines"));
    const used = new Set(this.rows.map((row) => row.number).filter(Boolean));
    return this.rows.map((row, place) => this.#line(row, place + 1, used));
  }

  #line(row, place, used) {
    const fault = (what) => {
      this.#body.rows[place - 1].querySelector(`[name="${what === "product" ? "amount" : what}"]`).focus();
      return new Wrong(t(`desk.bill.bad_${what}`, { number: place }));
    };
    const [e4, e6, amount] = [quantityE4(row.quantity), priceE6(row.price), fen(row.amount)];
    if (!row.name.trim()) throw fault("name");
    if (!e4) throw fault("quantity");
    if (e6 === null) throw fault("price");
    if (amount === null) throw fault("amount");
    if (!agrees(e4, e6, amount)) throw fault("product");
    let number = row.number;
    for (let next = place; !number; next += 1) if (!used.has(`L${next}`)) used.add((number = `L${next}`));
    return {
      number,
      catalogue_code: row.catalogue_code.trim(),
      hospital_code: row.hospital_code,
      name: row.name.trim(),
      quantity_e4: e4,
      price_e6: e6,
      amount_minor: amount,
    };
  }

  #field(name, value) {
    const wide = name === "name" ? 100 : 50;
    const field = make("input", { name, maxlength: wide, "aria-label": t(`desk.bill.${name}`), inputmode: NUMERIC.includes(name) ? "decimal" : null });
    field.value = value;
    return field;
  }

  #texts(row) {
    return Object.fromEntries(COLUMNS.map((name) => [name, row.querySelector(`[name="${name}"]`).value]));
  }

  #typed(field) {
    const row = field.closest("tr");
    if (["quantity", "price"].includes(field.name)) {
      const { quantity, price } = this.#texts(row);
      const [e4, e6] = [quantityE4(quantity), priceE6(price)];
      if (e4 && e6 !== null) row.querySelector('[name="amount"]').value = plain(product(e4, e6), 2);
    }
    this.#changed();
  }

  #renumber() {
    [...this.#body.rows].forEach((row, place) => row.querySelector("button").setAttribute("aria-label", t("desk.bill.remove", { number: place + 1 })));
  }

  showTotal() {
    $("[data-bill-total]").textContent = yuan(this.total());
  }
}
