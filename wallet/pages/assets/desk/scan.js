// The one input: a scan gun, a camera or fingers. What a scan means depends on what the desk waits for.
import { $ } from "./elements.js";
import { Gun, tidied } from "./scanning.js";
import { t } from "./texts.js";
import { Wrong } from "./wrong.js";

const OURS = 89; // letters of the shortest code of ours

export class ScanPart {
  #session;
  #waiting = null;
  #presentation = null;
  #doing = "";
  #camera = null;
  #opening = false;

  // find: opens what an id names; returns false for a text that is none.
  constructor(session, find) {
    this.#session = session;
    this.find = find;
    const scanned = async (text) => {
      // a gun's Enter may come after its pause was taken for the end
      if (text && tidied(text) === this.#doing) return;
      this.#doing = tidied(text);
      await session.step(() => this.#take(this.#doing));
      this.#doing = "";
      // what was refused stays to be read, and the next scan or letter replaces it
      if (document.activeElement === $("[data-code]")) $("[data-code]").select();
    };
    new Gun(scanned);
    $("[data-scan]").addEventListener("submit", (event) => {
      event.preventDefault();
      scanned($("[data-code]").value);
    });
    $("[data-scan-cancel]").addEventListener("click", () => this.wait(null));
    $("[data-camera]").addEventListener("click", () => this.#toggle(scanned));
  }

  get scene() {
    return $("[data-scene]").value;
  }

  // A fresh scan's handle, while it lives; used up by whoever takes it.
  handle(purposes, scene) {
    const shown = this.#presentation;
    if (shown && Date.now() > shown.until) throw new Wrong(t("desk.scan.over"));
    if (!purposes.includes(shown?.purpose)) throw new Wrong(t("desk.scan.first", { scene: t(`desk.scene.${scene}`) }));
    return shown.handle;
  }

  used() {
    this.#presentation = null;
  }

  choose(scene) {
    $("[data-scene]").value = scene;
    this.focus();
  }

  // waiting: {title, take} while the next scan is for something else than a look-up.
  wait(waiting) {
    this.#waiting = waiting;
    $("[data-scan-title]").textContent = waiting?.title ?? t("desk.scan");
    $("[data-scan-cancel]").hidden = waiting === null;
    this.focus();
  }

  // What was waited for was of another settlement.
  waitNoMore() {
    if (this.#waiting) this.wait(null);
  }

  focus() {
    $("[data-code]").focus();
  }

  clear() {
    this.wait(null);
    this.used();
    $("[data-checked]").hidden = true;
    $("[data-code]").value = "";
    $("[data-verdicts]").replaceChildren();
  }

  async #take(text) {
    const field = $("[data-code]");
    field.value = text;
    if (!text) throw new Wrong(t("desk.scan.empty"));
    if (text.startsWith("FW") && text.length < OURS) throw new Wrong(t("desk.scan.broken", { count: text.length }));
    if (await this.find(text)) {
      field.value = "";
      return;
    }
    const waiting = this.#waiting;
    if (waiting) {
      await waiting.take(text);
      this.wait(null);
    } else await this.resolve(text);
    field.value = "";
  }

  async resolve(code, scene = this.scene) {
    const purpose = $(`[data-scene] option[value="${scene}"]`).dataset.purpose;
    this.#session.say("", t("desk.scan.wait"));
    await this.show(await this.#session.intents.do("resolve", "/v1/resolve", { code, purpose, scene }), purpose);
    return this.#presentation.handle;
  }

  async show(resolved, purpose) {
    const until = Date.now() + resolved.expires_in * 1000;
    this.#presentation = { handle: resolved.presentation, purpose, until };
    $("[data-checked]").hidden = !resolved.check_holder;
    $("[data-identity]").checked = false;
    const { verdictsOf } = await import("./verdicts.js");
    $("[data-verdicts]").replaceChildren(...verdictsOf(resolved));
    this.#session.say("good", t("desk.scan.ok"));
  }

  async #toggle(scanned) {
    // one that is being opened has two streams if it is opened again, and stops neither
    if (this.#opening) return;
    if (this.#camera?.on) return this.#close();
    this.#opening = true;
    $("[data-viewer]").hidden = false;
    $("[data-camera]").setAttribute("aria-expanded", "true");
    $("[data-camera]").textContent = t("desk.camera.off");
    try {
      this.#camera ??= new (await import("./camera.js")).Camera($("[data-viewer] video"));
      await this.#camera.start((text) => {
        this.#close();
        scanned(text);
      });
    } catch (fault) {
      this.#close();
      this.#session.say("warn", t(fault instanceof DOMException ? "desk.camera.refused" : "desk.camera.failed"));
    } finally {
      this.#opening = false;
    }
  }

  #close() {
    this.#camera?.stop();
    $("[data-viewer]").hidden = true;
    $("[data-camera]").setAttribute("aria-expanded", "false");
    $("[data-camera]").textContent = t("desk.camera");
  }
}
