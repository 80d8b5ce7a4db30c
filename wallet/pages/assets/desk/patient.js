// Shows what the desk says, and nothing once the desk is gone; hands it what is signed here.
import { BEAT, CHANNEL } from "./channel.js";
import { $ } from "./elements.js";
import { Pad } from "./pad.js";
import { t } from "./texts.js";

const SUMS = ["total", "insured", "cash", "due"];
const LOCKED = ["sending", "identity"];
const channel = new BroadcastChannel(CHANNEL);
const agree = $("[data-agree]");
const pad = new Pad($("[data-pad]"), () => ($("[data-clear]").disabled = pad.empty));
let last = "";
let timer = 0;
let asked = null;

function ask(sign, cash) {
  const same = sign?.settlement === asked?.settlement && sign?.version === asked?.version;
  if (!same || sign?.state === "ink") pad.clear();
  asked = sign;
  $("[data-sign]").hidden = !sign || sign.state === "identity";
  pad.open = Boolean(sign) && !LOCKED.includes(sign.state);
  agree.disabled = !pad.open;
  agree.textContent = t("desk.screen.sign.agree", { cash });
  $("[data-sign-said]").textContent = sign && sign.state !== "open" ? t(`desk.screen.sign.${sign.state}`) : "";
}

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
  ask(shown?.sign ?? null, shown?.cash ?? "");
}

$("[data-clear]").addEventListener("click", () => pad.clear());
agree.addEventListener("click", () => {
  if (pad.empty) return ($("[data-sign-said]").textContent = t("desk.screen.sign.empty"));
  const { state, ...shown } = asked;
  channel.postMessage({ signed: { ...shown, strokes: pad.strokes } });
});
channel.addEventListener("message", ({ data }) => {
  // this screen's own messages are not heard here; another screen's are
  if (data.shown === undefined) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(null), 3 * BEAT);
  show(data.shown);
});
channel.postMessage("hello");
