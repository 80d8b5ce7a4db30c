// One act that this browser's key signs, with a sentence for whatever stands against it.
import { isOffline, isSignedOut } from "./api.js";
import { kept } from "./store.js";
import { instant, words } from "./words.js";

const SENTENCES = {
  APPROVAL_INVALID: "key.refused",
  SIGNATURE_INVALID: "key.refused",
  CHALLENGE_INVALID: "key.changed",
  STATE_CONFLICT: "key.changed",
};

async function usable(owner) {
  const device = await kept("device");
  if (device?.owner !== owner) return { wrong: words("key.none") };
  const from = Date.parse(device.approvesFrom);
  if (from > Date.now()) return { wrong: words("key.later", { at: instant(from / 1000) }) };
  return { device };
}

// Returns whether it was done; else `say` has told why not.
export async function withKey(button, owner, say, act) {
  button.disabled = true;
  say(words("key.busy"));
  try {
    const { device, wrong } = await usable(owner);
    if (wrong) {
      say(wrong);
      return false;
    }
    await act(device);
    return true;
  } catch (fault) {
    if (isSignedOut(fault)) location.reload();
    say(words(isOffline(fault) ? "key.offline" : SENTENCES[fault.code] ?? "key.failed"));
    return false;
  } finally {
    button.disabled = false;
  }
}
