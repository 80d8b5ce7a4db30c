// Serves the page of the code without a network. Keeps that page and its files, nothing else; a new
// edition of them replaces the old one.
const { edition, shell, home, files } = self.kept;
const CACHE = `code-${edition}`;

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

async function visited(request, path) {
  try {
    return await fetch(request);
  } catch (fault) {
    const page = await held(shell);
    if (!page) throw fault;
    return path === home || path === shell ? page : Response.redirect(home);
  }
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
