// Clears a clone alarm with this browser's key.
import { send } from "./api.js";
import { challenge, signText } from "./device.js";
import { withKey } from "./key.js";
import { clearingMessage } from "./messages.js";

const button = document.querySelector("[data-clear]");
const said = document.querySelector("[data-said]");

button.addEventListener("click", async () => {
  const number = button.dataset.clear;
  const say = (nodes) => said.replaceChildren(...nodes);
  const done = await withKey(button, button.dataset.tag, say, async (device) => {
    const asked = await challenge();
    await send("POST", `/v1/devices/${number}/clear-alarm`, {
      challenge: asked,
      signed_by: device.number,
      signature: await signText(device, clearingMessage(asked, number)),
    });
  });
  if (done) location.reload();
});
// it comes disabled: a tap before this script is there would be lost without a word
button.disabled = false;
