// The service worker, and what it keeps: the empty page of the code and its files, nothing personal.
const KEPT = "code-";

export async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("keep");
}

export async function dropPage() {
  for (const name of await caches.keys()) if (name.startsWith(KEPT)) await caches.delete(name);
  for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
}
