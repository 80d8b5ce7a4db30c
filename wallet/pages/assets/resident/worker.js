// Serves the page of the code without a network. Keeps that page and its files, nothing else; a new
// edition of them replaces the old one.
const { edition, shell, home, files } = self.kept;
const CACHE = `code-${edition}`;
const PATIENCE_MS = 5_000;

async function fill() {
  const cache = await caches.open(CACHE);
  const present = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await cache.addAll(files.filter((file) => !present.has(file)));
  const page = await fetch(new Request(shell, { cache: "reload" }));
  // while a release is rolled out another process may answer: the files of its page are not here
  const ours = page.ok && (await page.clone().text()).includes(`/${edition}/`);
  if (!ours) throw new TypeError("a page of another edition");
  await cache.put(shell, page);
}

async function replace() {
  for (const name of await caches.keys()) {
    if (name.startsWith("code-") && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function held(path) {
  const cache = await caches.open(CACHE);
  return cache.match(path, { ignoreVary: true });
}

const late = () => new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });

// A code is wanted now: also where a network says nothing, or the wallet has no room.
async function visited(request, path) {
  const asked = fetch(request);
  const wanted = path === home;
  const answer = await Promise.race(wanted ? [asked, late()] : [asked]).catch(() => null);
  if (answer && (!wanted || answer.status < 500)) return answer;
  const page = await held(shell);
  if (!page) return answer ?? asked;
  return wanted || path === shell ? page : Response.redirect(home);
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(fill());
});
self.addEventListener("activate", (event) => event.waitUntil(replace()));
self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(fill());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visited(request, pathname));
  else if (files.includes(pathname)) {
    event.respondWith(held(pathname).then((file) => file ?? fetch(request)));
  }
});
