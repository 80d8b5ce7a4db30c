// The device's side of the signed profile, docs/code-format.md §2, §6 and §7.
import { joined, unsigned64, utf8 } from "./bytes.js";
import { codeText } from "./crockford.js";

export const STEP_SECONDS = 30;
export const SUBS = 8;
const DOMAIN = utf8("fusion-wallet/1/signature");
const SIGNATURE_BYTES = 64;

export const stepAt = (seconds) => Math.floor(seconds / STEP_SECONDS);

export const stepOf = (counter) => Math.floor(counter / SUBS);

export function signedMessage(header, sealed, counter) {
  return joined(DOMAIN, header, sealed, unsigned64(counter));
}

// The pass to show at an instant; null where the top-up has none.
export function passAt(topUp, seconds) {
  const place = Math.floor((seconds - topUp.startsAt) / topUp.passSeconds);
  return topUp.passes[place] ?? null;
}

export const lastsUntil = (topUp) => topUp.startsAt + topUp.passes.length * topUp.passSeconds;

// The text of the code for a counter; null where there is no pass for it.
export async function drawn(topUp, counter, sign) {
  const sealed = passAt(topUp, stepOf(counter) * STEP_SECONDS);
  if (!sealed) return null;
  const signature = await sign(signedMessage(topUp.header, sealed, counter));
  if (signature.length !== SIGNATURE_BYTES) throw new TypeError("a signature of another length");
  return codeText(joined(topUp.header, sealed, Uint8Array.of(counter % 256), signature));
}
