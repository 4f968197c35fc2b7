// @ts-check
/**
 * The buttons of the room: mute, camera, how we talk, chat, hold, leave and end. Dialogs ask once, in words.
 *
 * Expects [data-control="mute|camera|mode|chat|hold|leave|end"], dialog[data-dialog="mode|leave|end"] with a
 * form method="dialog", and in the mode dialog radios `mode` and `why` in [data-why].
 */

/** @param {import("visits/room.js").VisitRoom} room */
export function wireControls(room) {
  const acts = {
    mute: () => room.devices.mute(!room.devices.isMuted),
    camera: () => {
      room.wantsCamera = !room.wantsCamera;
      room.openDevices().then(() => room.share());
    },
    mode: () => ask(room, "mode"),
    chat: () => {
      if (room.toggleAttribute("data-chat-open")) openChat(room);
      mark(room);
    },
    hold: () => room.line.send("hold", { on: !room.isOnHold }),
    leave: () => ask(room, "leave"),
    end: () => ask(room, "end"),
    retry: () => room.openDevices().then(() => room.share()),
    here: () => location.reload(),
  };
  room.addEventListener("click", (event) => {
    const name = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-control]"))?.dataset.control;
    acts[/** @type {keyof typeof acts} */ (name)]?.();
  });
  for (const dialog of room.querySelectorAll("dialog")) dialog.addEventListener("close", () => closed(room, dialog));
  const why = /** @type {HTMLElement | null} */ (room.querySelector("[data-why]"));
  room.querySelector('[data-dialog="mode"]')?.addEventListener("change", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (why && input.name === "mode") why.hidden = input.value === "video";
  });
  room.querySelector(".tabs")?.addEventListener("click", (event) => open(room, event));
  room.addEventListener("chat-news", () => mark(room));
  room.addEventListener("chat-read", () => mark(room));
}

/**
 * Mark the tab that was opened, and keep it in the address, so that a reload opens it again.
 * @param {import("visits/room.js").VisitRoom} room
 * @param {Event} event
 */
function open(room, event) {
  const tab = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-tab]"));
  if (!tab) return;
  for (const one of room.querySelectorAll("[data-tab]")) one.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "page");
  history.replaceState(null, "", `?pane=${tab.dataset.tab}`);
}

/** @param {import("visits/room.js").VisitRoom} room @param {string} name */
function ask(room, name) {
  const dialog = /** @type {HTMLDialogElement | null} */ (room.querySelector(`dialog[data-dialog="${name}"]`));
  if (!dialog) return;
  dialog.returnValue = "";
  const present = dialog.querySelector(`input[name="mode"][value="${room.mode}"]`);
  if (present instanceof HTMLInputElement) present.checked = true;
  const why = /** @type {HTMLElement | null} */ (dialog.querySelector("[data-why]"));
  if (why) why.hidden = room.mode === "video";
  dialog.showModal();
}

/** @param {import("visits/room.js").VisitRoom} room @param {HTMLDialogElement} dialog */
function closed(room, dialog) {
  if (dialog.returnValue !== "yes") return;
  const said = new FormData(/** @type {HTMLFormElement} */ (dialog.querySelector("form")));
  if (dialog.dataset.dialog === "mode") {
    const mode = String(said.get("mode"));
    if (mode !== room.mode) room.line.send("mode", { mode, why: mode === "video" ? "" : String(said.get("why") ?? "") });
  } else if (dialog.dataset.dialog === "leave") {
    room.line.send("leave");
  } else if (dialog.dataset.dialog === "end") {
    room.line.send("end", { why: "" });
  }
}

/** @param {import("visits/room.js").VisitRoom} room */
function openChat(room) {
  /** @type {HTMLElement | null} */ (room.querySelector("visit-chat textarea"))?.focus();
  room.chat?.read?.();
}

/** @param {import("visits/room.js").VisitRoom} room */
function mark(room) {
  const isUnread = Boolean(room.chat?.hasAttribute("data-unread"));
  for (const dot of /** @type {NodeListOf<HTMLElement>} */ (room.querySelectorAll("[data-unread-mark]"))) dot.hidden = !isUnread;
  const isOpen = room.hasAttribute("data-chat-open");
  room.querySelector('[data-control="chat"]')?.setAttribute("aria-pressed", String(isOpen));
}
