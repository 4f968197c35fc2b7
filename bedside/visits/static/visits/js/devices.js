// @ts-check
/**
 * This person's own camera and microphone: opened once, muted, lost and taken up again.
 *
 * Events: "change" (a track came or went), "trouble" (detail.kind, detail.why: blocked, missing or busy).
 */

/** What a browser's refusal means to a person. */
const WHY = {
  NotAllowedError: "blocked",
  SecurityError: "blocked",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 24 }, facingMode: "user" };
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export class Devices extends EventTarget {
  constructor() {
    super();
    /** @type {MediaStreamTrack | null} */
    this.audio = null;
    /** @type {MediaStreamTrack | null} */
    this.video = null;
    this.isMuted = false;
    /** @type {Promise<void>} */
    this.queue = Promise.resolve();
    document.addEventListener("visibilitychange", () => this.#wakeUp());
    this.wanted = { audio: false, video: false };
  }

  /**
   * Hold exactly these devices: open what is missing, let go of what is not wanted.
   * @param {{audio: boolean, video: boolean}} wanted
   * @returns {Promise<void>}
   */
  want(wanted) {
    this.wanted = wanted;
    this.queue = this.queue.then(() => this.#settle());
    return this.queue;
  }

  /** @param {boolean} isMuted silence is sent instead of the voice; the line stays warm */
  mute(isMuted) {
    this.isMuted = isMuted;
    if (this.audio) this.audio.enabled = !isMuted;
    this.#tell("change", {});
  }

  async #settle() {
    const { audio, video } = this.wanted;
    if (!audio) this.#drop("audio");
    if (!video) this.#drop("video");
    const needs = { audio: audio && !this.audio, video: video && !this.video };
    if (needs.audio && needs.video && (await this.#open(needs))) return;
    if (needs.audio && !this.audio) await this.#open({ audio: true, video: false });
    if (needs.video && !this.video) await this.#open({ audio: false, video: true });
    if (!audio || !video) this.#tell("change", {});
  }

  /** @param {{audio: boolean, video: boolean}} needs */
  async #open(needs) {
    const isOne = needs.audio !== needs.video;
    const kind = needs.video ? "video" : "audio";
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "SecurityError");
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: needs.audio && VOICE,
        video: needs.video && PICTURE,
      });
      for (const track of stream.getTracks()) this.#take(track);
      this.#tell("change", {});
      return true;
    } catch (fault) {
      const why = WHY[/** @type {keyof typeof WHY} */ (/** @type {Error} */ (fault).name)] ?? "missing";
      if (isOne) this.#tell("trouble", { kind, why });
      return false;
    }
  }

  /** @param {MediaStreamTrack} track */
  #take(track) {
    const kind = track.kind === "audio" ? "audio" : "video";
    this[kind] = track;
    if (kind === "audio") track.enabled = !this.isMuted;
    track.onended = () => {
      if (this[kind] !== track) return;
      this[kind] = null;
      this.#tell("change", {});
      this.#tell("trouble", { kind, why: "busy" });
    };
  }

  /** @param {"audio" | "video"} kind */
  #drop(kind) {
    const track = this[kind];
    this[kind] = null;
    track?.stop();
  }

  /** A phone call may have taken the microphone: take it up again when the page is looked at. */
  #wakeUp() {
    if (document.hidden) return;
    const isLost = (this.wanted.audio && !this.audio) || (this.wanted.video && !this.video);
    if (isLost) this.want(this.wanted);
  }

  /** @param {string} name @param {Record<string, any>} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
