// @ts-check
/**
 * Small manners of every page.
 *
 * - A menu (`<details class="menu">`) closes on Escape and when the focus or a press goes elsewhere.
 * - A form that was sent once is not sent twice by an impatient second press.
 * - A toast (`<div class="toast">` in `#toasts`) leaves by itself; one with role="alert" stays until pressed.
 * - What a person asked for and could not be had (no connection, an accident on our side) is said in a toast, in
 *   the words of `#toasts[data-unreached][data-broken]`. A refresh that nobody asked for fails in silence.
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

document.body.addEventListener("htmx:sendError", (event) => sayTrouble(event, "unreached"));
document.body.addEventListener("htmx:timeout", (event) => sayTrouble(event, "unreached"));
document.body.addEventListener("htmx:responseError", (event) => sayTrouble(event, "broken"));

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}
