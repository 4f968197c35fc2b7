// @ts-check
/**
 * Keeps the offline page and what it is drawn with. A page about a person is never kept: every navigation goes
 * to the network, and only when there is none does the offline page answer.
 *
 * What was lost on the way (a phone that goes from Wi-Fi to mobile data loses every request under way) is asked for
 * again: a page once, a static file several times.
 *
 * The server writes the shelf and its version into this file (bedside/platform/ui/worker.py).
 */

const KEPT = "bedside-VERSION";
/** @type {string[]} */
const SHELF = /** @type {any} */ ("SHELF");
const PAGE_WAITS_MS = [300];
const PART_WAITS_MS = [100, 400, 1500];

/** @param {Request} request  @param {number[]} waits  @returns {Promise<Response>} */
async function ask(request, waits) {
  for (const wait of waits) {
    try {
      return await fetch(request);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return fetch(request);
}

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
    const offline = () => caches.match("/offline/").then((page) => page ?? Response.error());
    event.respondWith(ask(request, PAGE_WAITS_MS).catch(offline));
    return;
  }
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (SHELF.includes(url.pathname)) event.respondWith(caches.match(request).then((kept) => kept ?? ask(request, PART_WAITS_MS)));
  else if (url.pathname.startsWith("/static/")) event.respondWith(ask(request, PART_WAITS_MS));
});
