// @ts-check
/**
 * The door, from both sides: for the one who waits, the place in line and how late it runs; for the one who
 * lets in, who stands there.
 *
 * Expects [data-still] (the server's last words, gone once live words come), [data-live] (hidden until then) with
 * [data-lobby-is="ready|with_patient|away|behind"] lines, [data-slot="position|ahead|late"] and [data-late] (hidden
 * when on time); [data-waiting] with template[data-part="waiting"]; [data-slot="door"].
 */

import { part, say, show, word } from "visits/words.js";

export class Lobby {
  /** @param {HTMLElement & {line: import("visits/signalling.js").Signalling}} room */
  constructor(room) {
    this.room = room;
    this.list = /** @type {HTMLElement | null} */ (room.querySelector("[data-waiting]"));
    this.list?.addEventListener("click", (event) => this.#admit(event));
  }

  /** @param {Record<string, any>} news place in line and the doctor's state */
  tell({ position, ahead, late_minutes, doctor }) {
    for (const still of this.room.querySelectorAll("[data-still]")) still.remove();
    for (const live of /** @type {NodeListOf<HTMLElement>} */ (this.room.querySelectorAll("[data-live]"))) live.hidden = false;
    say(this.room, "position", String(position));
    say(this.room, "late", word(this.room, "late", { minutes: late_minutes }));
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (this.room.querySelectorAll("[data-late]"))) {
      line.hidden = !late_minutes;
    }
    show(this.room, ahead ? "behind" : doctor, "data-lobby-is");
    say(this.room, "ahead", word(this.room, ahead === 1 ? "ahead-one" : "ahead", { ahead }));
  }

  /** @param {Array<Record<string, any>>} people who stands at the door */
  waiting(people) {
    if (!this.list) return;
    const here = people.filter((one) => one.present !== false || one.role === "patient");
    this.list.replaceChildren(
      ...here.map((one) => {
        const row = part(this.room, "waiting");
        row.dataset.pid = one.pid;
        say(row, "name", one.name);
        const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(one.since)) / 60_000));
        say(row, "since", minutes ? word(this.room, "waits", { minutes }) : word(this.room, "just-came"));
        for (const mark of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-precall]"))) {
          mark.hidden = one.precall?.[mark.dataset.precall ?? ""] !== "fail";
        }
        const away = /** @type {HTMLElement | null} */ (row.querySelector("[data-away]"));
        if (away) away.hidden = one.present !== false;
        return row;
      }),
    );
    show(this.room, here.length ? "someone" : "nobody", "data-door-is");
  }

  /** @param {string} key the words of a refusal */
  fault(key) {
    say(this.room, "door", word(this.room, key) || word(this.room, "try_again"));
  }

  /** @param {Event} event */
  #admit(event) {
    const button = /** @type {Element} */ (event.target).closest("[data-admit]");
    const pid = /** @type {HTMLElement | null} */ (button?.closest("[data-pid]"))?.dataset.pid;
    if (!button || !pid) return;
    button.setAttribute("aria-disabled", "true");
    this.room.line.send("admit", { pid });
    performance.mark("visit-admit");
  }
}
