// Marks this browser among the devices, and forgets what it keeps when it is removed or left.
import { send } from "./api.js";
import { dropPage } from "./installing.js";
import { forget, kept } from "./store.js";

const PATIENCE_MS = 3_000;
const owner = document.querySelector("[data-tag]").dataset.tag;
const device = await kept("device");
const mine = device?.owner === owner && document.querySelector(`[data-device="${device.number}"]`);

function before(form, work) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { submitter } = event;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    await Promise.race([work().catch(() => {}), late]);
    if (submitter?.name) {
      const named = Object.assign(document.createElement("input"), { type: "hidden" });
      Object.assign(named, { name: submitter.name, value: submitter.value });
      form.append(named);
    }
    form.submit();
  });
}

async function wiped(removed) {
  await forget(removed);
  await dropPage();
}

if (mine) {
  mine.querySelector("[data-this]").hidden = false;
  before(mine.querySelector("form"), () => wiped(owner));
}
before(document.querySelector("[data-leave]"), async () => {
  await wiped(null); // first: whether or not anybody is signed in any more, and however the call goes
  if (mine) await send("DELETE", `/v1/devices/${device.number}`);
});
