// This browser as one of the resident's devices: its key, its passes, its signatures.
import { Refused, send } from "./api.js";
import { base64, base64url, fromBase64url } from "./bytes.js";
import { lastsUntil } from "./drawing.js";
import { enrolmentMessage, passesMessage } from "./messages.js";
import { forget, keep, kept } from "./store.js";

const KEY = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const KIND = "web";
const LOW_SECONDS = 2 * 86_400;
const CLOCK_MOVED_SECONDS = 10;

export const nowSeconds = () => Math.floor(Date.now() / 1000);

export async function sign(device, message) {
  return new Uint8Array(await crypto.subtle.sign(SIGNING, device.key, message));
}

export async function signText(device, message) {
  return base64url(await sign(device, message));
}

export async function challenge() {
  return (await send("POST", "/v1/devices/challenges")).challenge;
}

// One tab at a time: two would enrol two devices.
const alone = (work) => navigator.locks.request("resident-device", work);

// The device of this browser. Null where it was removed, or cannot be enrolled now.
export function ready(page) {
  return alone(async () => {
    const device = await kept("device");
    if (device?.owner === page.owner && (await lives(device, page))) return device;
    if (device) await forget(device.owner === page.owner ? page.owner : null);
    return (await kept("removed")) === page.owner ? null : enrolled(page);
  });
}

// Another tab may have enrolled this browser since the page was made.
async function lives(device, page) {
  if (page.living.includes(device.number)) return true;
  const { devices } = await send("GET", "/v1/devices");
  return devices.some((each) => each.device_no === device.number);
}

// Enrol although this browser was removed before: somebody asked for it.
export function again(page) {
  return alone(async () => {
    await forget();
    return enrolled(page);
  });
}

// The key is kept before it is sent: where nothing can be kept there is no device, and where the
// answer was lost the same key finds the device that it has become.
async function drafted(owner) {
  const before = await kept("draft");
  if (before?.owner === owner) return before;
  const pair = await crypto.subtle.generateKey(KEY, false, ["sign"]);
  const publicKey = base64(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
  const draft = { owner, key: pair.privateKey, publicKey };
  await keep({ draft });
  return draft;
}

async function enrolled(page) {
  const { publicKey, ...draft } = await drafted(page.owner);
  const asked = await challenge();
  const answer = await send("POST", "/v1/devices", {
    public_key: publicKey,
    challenge: asked,
    signature: await signText(draft, enrolmentMessage(asked, publicKey, KIND, page.name)),
    kind: KIND,
    name: page.name,
  });
  const device = { ...draft, number: answer.device_no, approvesFrom: answer.approves_from };
  await keep({ device, draft: null });
  return device;
}

export function isLow(topUp) {
  return !topUp || lastsUntil(topUp) - nowSeconds() < LOW_SECONDS;
}

// Whether the phone's clock was set since the passes were fetched.
export function clockMoved(topUp, offsetSeconds) {
  return Math.abs(topUp.clockOffset - offsetSeconds) > CLOCK_MOVED_SECONDS;
}

// Fetch three days of passes. Null where the region's codes cannot be signed by a browser's key.
export function toppedUp(device) {
  return alone(async () => {
    try {
      const topUp = await fetched(device);
      await keep({ topUp });
      return topUp;
    } catch (fault) {
      if (fault instanceof Refused && fault.code === "STATE_CONFLICT") return null;
      if (fault instanceof Refused && fault.code === "NOT_FOUND") await forget(device.owner);
      throw fault;
    }
  });
}

// Passes of a key that was retired before its time are good for nothing; where another tab has
// fetched new ones meanwhile it is those.
export function accepted(keys) {
  return alone(async () => {
    const topUp = await kept("topUp");
    if (!topUp || isAccepted(topUp, keys)) return topUp;
    await keep({ topUp: null });
    return null;
  });
}

// The key's id is the last byte of the header.
export const isAccepted = (topUp, keys) => keys.split(" ").includes(String(topUp.header.at(-1)));

async function fetched(device) {
  const asked = await challenge();
  const clock = nowSeconds();
  const message = passesMessage(asked, device.number, "signed", clock);
  const given = await send("POST", `/v1/devices/${device.number}/passes`, {
    challenge: asked,
    profile: "signed",
    clock_seconds: clock,
    signature: await signText(device, message),
  });
  return {
    header: fromBase64url(given.header),
    startsAt: given.starts_at_seconds,
    passSeconds: given.pass_seconds,
    passes: given.passes.map(fromBase64url),
    clockOffset: given.clock_offset_seconds,
    clockWrong: given.clock_warning,
  };
}
