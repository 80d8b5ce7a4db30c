// What this browser keeps: the device's key, its passes and the last counter. No script of another
// origin can read it, and the key itself cannot be read at all.
import { SUBS } from "./drawing.js";

const NAME = "resident";
const KEPT = "kept";

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(KEPT);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within(mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      // strict: a counter that was shown must not come back after the phone lost power
      const transaction = database.transaction(KEPT, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onabort = () => reject(transaction.error);
      work(transaction.objectStore(KEPT), (value) => { result = value; });
    });
  } finally {
    database.close();
  }
}

export function kept(key) {
  return within("readonly", (store, answer) => {
    const asked = store.get(key);
    asked.onsuccess = () => answer(asked.result ?? null);
  });
}

export function keep(values) {
  return within("readwrite", (store) => {
    for (const [key, value] of Object.entries(values)) store.put(value, key);
  });
}

// Forget everything; `removed` remembers for whom this browser is not to enrol by itself.
export function forget(removed = null) {
  return within("readwrite", (store) => {
    store.clear();
    if (removed) store.put(removed, "removed");
  });
}

// A counter of this step that was never given before, or null when all eight are. The browser runs
// one such transaction at a time, whichever tab asks.
export function nextCounter(step) {
  return within("readwrite", (store, answer) => {
    const asked = store.get("counter");
    asked.onsuccess = () => {
      const next = Math.max(step * SUBS, (asked.result ?? -1) + 1);
      if (next >= (step + 1) * SUBS) return answer(null);
      store.put(next, "counter");
      answer(next);
    };
  });
}
