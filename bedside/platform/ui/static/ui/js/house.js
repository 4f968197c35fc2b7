// @ts-check
/**
 * Small manners of every page.
 *
 * - A menu (`<details class="menu">`) closes on Escape and when the focus or a press goes elsewhere.
 * - A form that was sent once is not sent twice by an impatient second press.
 * - A toast (`<div class="toast">` in `#toasts`) leaves by itself; one with role="alert" stays until pressed.
 * - What a person asked for and could not be had (no connection, an accident on our side) is said in a toast, in
 *   the words of `#toasts[data-unreached][data-broken]`. A refresh that nobody asked for fails in silence.
 * - What was only to be read and was lost on the way is asked for again, a few times, before that is said. A part
 *   of the page itself (`hx-trigger="load"`) that never comes is said too: `part-missing`.
 * - The service worker that keeps the offline page is registered.
 */

const TOAST_STAYS_MS = 8000;

/** @param {EventTarget | null} inside */
function closeMenus(inside) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!(inside instanceof Node && menu.contains(inside))) menu.removeAttribute("open");
  }
}

document.addEventListener("pointerdown", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
});

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

/** @param {Element} toast */
function seeOff(toast) {
  if (toast.getAttribute("role") === "alert") toast.addEventListener("click", () => toast.remove());
  else setTimeout(() => toast.remove(), TOAST_STAYS_MS);
}

const toasts = document.getElementById("toasts");
if (toasts) {
  for (const toast of toasts.querySelectorAll(".toast")) seeOff(toast);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node instanceof Element) seeOff(node);
    }
  }).observe(toasts, { childList: true });
}

const ASKED_BY_HAND = new Set(["click", "submit", "change"]);

/**
 * @param {any} event
 * @param {"unreached" | "broken"} what
 */
function sayTrouble(event, what) {
  const words = toasts?.dataset[what];
  if (!toasts || !words || !ASKED_BY_HAND.has(event.detail?.requestConfig?.triggeringEvent?.type)) return;
  const toast = document.createElement("div");
  toast.className = "toast toast-stop";
  toast.setAttribute("role", "alert");
  toast.textContent = words;
  toasts.replaceChildren(toast);
}

const ASKED_AGAIN_MS = [300, 1000, 3000, 9000];
/** How often a person who pressed something is kept waiting without a word. */
const IN_SILENCE = 2;
/** @type {WeakMap<Element, number>} how many answers in a row an element has lost */
const lost = new WeakMap();
/** @type {WeakMap<Element, Element>} who asked last for what a place shows */
const askers = new WeakMap();

/**
 * Ask again for what was lost, with the words its form holds by then; whoever asked for the same place since wins.
 * @param {any} event
 */
function askAgain(event) {
  const { elt, target, verb, path, triggeringEvent } = event.detail.requestConfig;
  const isByHand = ASKED_BY_HAND.has(triggeringEvent?.type);
  const turn = lost.get(elt) ?? 0;
  const isEnough = turn >= (isByHand ? IN_SILENCE : ASKED_AGAIN_MS.length);
  if (verb !== "get" || isEnough) {
    lost.delete(elt);
    sayTrouble(event, "unreached");
    if (verb === "get" && !triggeringEvent && elt.isConnected) document.dispatchEvent(new Event("part-missing"));
    return;
  }
  lost.set(elt, turn + 1);
  setTimeout(() => {
    if (!elt.isConnected || lost.get(elt) !== turn + 1 || askers.get(target) !== elt) return;
    const { htmx } = /** @type {any} */ (window);
    htmx.ajax("GET", path, { source: elt, event: triggeringEvent }).catch(() => {});
  }, ASKED_AGAIN_MS[turn]);
}

document.body.addEventListener("htmx:beforeSend", (event) => {
  const { elt, target } = /** @type {any} */ (event).detail;
  askers.set(target, elt);
});
document.body.addEventListener("htmx:sendError", askAgain);
document.body.addEventListener("htmx:timeout", askAgain);
document.body.addEventListener("htmx:beforeOnLoad", (event) => lost.delete(/** @type {any} */ (event).detail.elt));
document.body.addEventListener("htmx:responseError", (event) => sayTrouble(event, "broken"));

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}
