// One payment: approves it with this browser's key, and follows it while it moves.
import { send } from "./api.js";
import { signText } from "./device.js";
import { withKey } from "./key.js";
import { approvalMessage } from "./messages.js";

const LOOK_EVERY = 3_000;
const live = document.querySelector("[data-live]");

async function look() {
  const answer = await fetch(location.pathname);
  if (answer.redirected) return location.reload();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-live]");
  if (!now || now.textContent === live.textContent) return;
  live.toggleAttribute("data-moving", "moving" in now.dataset);
  live.replaceChildren(...[...now.childNodes].map((each) => document.importNode(each, true)));
  listen();
}

// The button comes disabled: a tap before this script is there would be lost without a word.
function listen() {
  for (const button of live.querySelectorAll("[data-approve]")) button.disabled = false;
}

async function approve(button) {
  const { approve: id, version, amount, currency, payee, tag } = button.dataset;
  const said = live.querySelector("[data-said]");
  const done = await withKey(button, tag, (nodes) => said.replaceChildren(...nodes), async (device) => {
    const message = approvalMessage({ id, version, amount, currency, payee });
    await send("POST", `/v1/settlements/${id}/approve`, {
      device_no: device.number,
      version: Number(version),
      signature: await signText(device, message),
    });
  });
  if (!done) return;
  said.replaceChildren();
  await look().catch(() => {}); // the next look is not far
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-approve], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) print();
  else approve(button);
});
listen();
setInterval(() => {
  // not while a sentence is there to be read, or a finger on its way to the button
  const reading = live.querySelector("[data-said]")?.textContent;
  if ("moving" in live.dataset && document.visibilityState === "visible" && !reading) {
    look().catch(() => {});
  }
}, LOOK_EVERY);
