// The latest settlements of this terminal, to reprint or return: their ids and sums, nobody's name.
import { get, put } from "./database.js";
import { $, make } from "./elements.js";
import { yuan } from "./money.js";
import { t, word } from "./texts.js";

const MOST = 30;

export class Recent {
  #kept = [];
  #find;

  constructor(session, part) {
    this.#find = (id) => session.step(() => part.find(id));
  }

  async restore() {
    this.#kept = (await get("kept", "recent")) ?? [];
    this.#draw();
  }

  show({ settlement }) {
    if (!settlement) return;
    const { id, phase, screen, created_at: at } = settlement;
    const others = this.#kept.filter((each) => each.id !== id);
    this.#kept = [{ id, phase, total: screen.total_minor, at }, ...others].slice(0, MOST);
    put("kept", "recent", this.#kept);
    this.#draw();
  }

  #draw() {
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "short", timeZone: "Asia/Shanghai" });
    const items = this.#kept.map(({ id, phase, total, at }) => {
      const text = `${time.format(new Date(at))} ${yuan(total)} ${word("phase.", phase)}`;
      return make("li", {}, make("button", { type: "button", class: "quiet", onclick: () => this.#find(id) }, text));
    });
    $("[data-recent]").replaceChildren(...(items.length ? items : [make("li", {}, t("desk.recent.none"))]));
  }
}
