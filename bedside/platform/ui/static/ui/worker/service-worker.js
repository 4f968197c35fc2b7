// @ts-check
/**
 * Keeps the offline page and what it is drawn with. A page about a person is never kept: every navigation goes
 * to the network, and only when there is none does the offline page answer.
 *
 * The server writes the shelf and its version into this file (bedside/platform/ui/worker.py).
 */

const KEPT = "bedside-VERSION";
/** @type {string[]} */
const SHELF = /** @type {any} */ ("SHELF");

self.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(SHELF)));
});

self.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))),
  );
});

self.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline/").then((page) => page ?? Response.error())));
    return;
  }
  const url = new URL(request.url);
  if (url.origin === location.origin && SHELF.includes(url.pathname)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
