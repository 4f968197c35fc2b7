// @ts-check
/**
 * What the room shows: tiles, the tags and notes over them, the clock, the signal words. Knows no socket.
 *
 * Expects inside the room element: [data-tiles], template[data-part="tile"], [data-self] with a <video>,
 * notes as [data-note="…"] (hidden until they are true), [data-slot="timer"], [data-signal="good|weak|lost"].
 */

import { part, say, show, word } from "visits/words.js";

/** Notes in order of weight: only the first that is true is shown. */
const NOTES = [
  "sound-blocked", "hold", "lost", "microphone-blocked", "microphone-missing", "microphone-busy", "resting-mine",
  "resting-theirs", "camera-blocked", "camera-missing", "camera-busy", "weak-mine", "weak-theirs", "line-down",
];

export class Stage {
  /** @param {HTMLElement} root the room element */
  constructor(root) {
    this.root = root;
    this.tiles = /** @type {HTMLElement} */ (root.querySelector("[data-tiles]"));
    /** @type {Set<string>} */
    this.notes = new Set();
    this.startedAt = 0;
    setInterval(() => this.#tellTime(), 1000);
    root.querySelector("[data-hear]")?.addEventListener("click", () => this.#play());
  }

  /**
   * Return the tile of a person, made when they are new.
   * @param {string} pid
   * @param {string} name
   */
  tile(pid, name = "") {
    let tile = /** @type {HTMLElement | null} */ (this.tiles.querySelector(`[data-pid="${pid}"]`));
    if (!tile) {
      tile = part(this.root, "tile");
      tile.dataset.pid = pid;
      this.tiles.append(tile);
    }
    if (name) {
      say(tile, "name", name);
      tile.querySelector("video")?.setAttribute("aria-label", word(this.root, "video-of", { name }));
    }
    this.root.toggleAttribute("data-company", true);
    return tile;
  }

  /** @param {string} pid */
  dropTile(pid) {
    this.tiles.querySelector(`[data-pid="${pid}"]`)?.remove();
    this.root.toggleAttribute("data-company", this.tiles.querySelector("[data-pid]") !== null);
  }

  /**
   * Show what comes from a person.
   * @param {string} pid
   * @param {MediaStream} stream
   */
  play(pid, stream) {
    const video = this.tile(pid).querySelector("video");
    if (!video) return;
    if (video.srcObject !== stream) video.srcObject = stream;
    video.play().catch((fault) => {
      if (fault.name === "NotAllowedError") this.note("sound-blocked", true);
    });
  }

  /**
   * Say what a tile holds: "on" a living picture, "off" none is sent, "held" the last one, "wait" none yet.
   * @param {string} pid
   * @param {"on" | "off" | "held" | "wait"} state
   */
  picture(pid, state) {
    const tile = this.tile(pid);
    tile.dataset.picture = state;
    tile.classList.toggle("held", state === "held");
    show(tile, state, "data-picture-is");
  }

  /** @param {string} pid @param {boolean} isOn whether their microphone is open */
  voice(pid, isOn) {
    const mark = /** @type {HTMLElement | null} */ (this.tile(pid).querySelector("[data-muted]"));
    if (mark) mark.hidden = isOn;
  }

  /**
   * Show this person's own picture.
   * @param {MediaStreamTrack | null} track
   */
  self(track) {
    for (const place of this.root.querySelectorAll("[data-self]")) {
      const video = place.querySelector("video");
      const old = /** @type {MediaStream | null} */ (video?.srcObject ?? null);
      if (video && old?.getVideoTracks()[0] !== track) video.srcObject = track ? new MediaStream([track]) : null;
      show(place, track ? "on" : "off", "data-picture-is");
    }
  }

  /**
   * Make a note true or false.
   * @param {string} name
   * @param {boolean} isTrue
   */
  note(name, isTrue) {
    if (isTrue) this.notes.add(name);
    else this.notes.delete(name);
    const shown = NOTES.find((one) => this.notes.has(one));
    for (const note of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-note]"))) {
      note.hidden = note.dataset.note !== shown;
    }
  }

  /** @param {"good" | "weak" | "lost" | "none"} quality */
  signal(quality) {
    show(this.root, quality, "data-signal");
  }

  /** @param {string | null} startedAt ISO time the visit began */
  clock(startedAt) {
    this.startedAt = startedAt ? Date.parse(startedAt) : 0;
    this.#tellTime();
  }

  /** @param {string[]} words the check code */
  code(words) {
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-code]"))) {
      place.hidden = !words.length;
      say(place, "code", words.join(" · "));
    }
  }

  /**
   * Press or release a control and swap its icon and word.
   * @param {string} name
   * @param {boolean} isOn
   * @param {boolean} isPressed
   */
  control(name, isOn, isPressed) {
    const button = this.root.querySelector(`[data-control="${name}"]`);
    if (!button) return;
    button.setAttribute("aria-pressed", String(isPressed));
    show(button, isOn ? "on" : "off", "data-is");
  }

  #play() {
    this.note("sound-blocked", false);
    for (const video of this.tiles.querySelectorAll("video")) video.play().catch(() => this.note("sound-blocked", true));
  }

  #tellTime() {
    if (!this.startedAt) return;
    const seconds = Math.max(0, Math.floor((Date.now() - this.startedAt) / 1000));
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    if (!parts[0]) parts.shift();
    say(this.root, "timer", parts.map((one) => String(one).padStart(2, "0")).join(":"));
  }
}
