// Shows what the desk says, and nothing once the desk is gone.
import { $ } from "./elements.js";
import { BEAT, CHANNEL } from "./screen.js";
import { t } from "./texts.js";

const SUMS = ["total", "insured", "cash", "due"];
const channel = new BroadcastChannel(CHANNEL);
let last = "";
let timer = 0;

function show(shown) {
  const seen = JSON.stringify(shown);
  if (seen === last) return;
  last = seen;
  $("[data-payee]").textContent = shown?.payee ?? t("desk.screen.welcome");
  $("[data-said]").textContent = shown?.says ?? t("desk.screen.idle");
  $("[data-sums]").hidden = !shown?.sums;
  for (const name of SUMS) $(`[data-${name}]`).textContent = shown?.[name] ?? "";
  $("[data-due-row]").hidden = !shown?.owing;
  $("[data-message]").hidden = !shown?.message;
  $("[data-message]").textContent = shown?.message ?? "";
}

channel.addEventListener("message", ({ data }) => {
  if (data === "hello") return;
  clearTimeout(timer);
  timer = setTimeout(() => show(null), 3 * BEAT);
  show(data.shown);
});
channel.postMessage("hello");
