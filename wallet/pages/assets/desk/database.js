// What the desk keeps in this browser: the terminal with its key, intents without an answer, drafts.
const STORES = ["terminal", "intents", "kept"];
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open("fusion-desk", 1);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function within(store, mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    // strict: an intent is on the disk before it is on the wire
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const asked = act(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (store, key) => within(store, "readonly", (place) => place.get(key));
export const all = (store) => within(store, "readonly", (place) => place.getAll());
export const put = (store, key, value) => within(store, "readwrite", (place) => place.put(value, key));
export const remove = (store, key) => within(store, "readwrite", (place) => place.delete(key));
