// @ts-check
/**
 * <device-check>: can we see you, hear you, reach you; then one sentence of advice. Never blocks joining.
 *
 *   <device-check data-socket="/live/news" data-ice="[…]" data-state="before">
 *     <button data-start data-when="before">…</button>
 *     <div data-when="running">
 *       <video data-preview playsinline muted></video>
 *       <li data-check="camera|microphone|speaker|network" data-result="wait"> chips [data-result-is="ok fail …"]
 *         <div data-help="camera-blocked" hidden>… [data-browser="chrome|firefox|safari|iphone|android|other"]</div> </li>
 *       <button data-ring>…</button> <button data-heard="ok|fail">…</button> <button data-again>…</button>
 *     </div>
 *     <p role="status"> [data-advice-is="ready|voice_only|no_sound|weak|no_line|wait"] </p>
 *     <input type="hidden" name="device_test">
 *   </device-check>
 *
 * Without scripts nothing of it is shown but a line of text, and the test counts as skipped.
 */

import { testLink } from "visits/link-test.js";
import { ringBell, watchLevel } from "visits/sound.js";
import { show } from "visits/words.js";

const QUIET_AFTER = 6000;
const WEAK_LOSS = 0.12;
const WEAK_RTT_MS = 1200;
const WHY = { NotAllowedError: "blocked", SecurityError: "blocked", NotReadableError: "busy", AbortError: "busy" };

class DeviceCheck extends HTMLElement {
  connectedCallback() {
    /** @type {Record<string, string>} */
    this.results = { camera: "wait", microphone: "wait", speaker: "wait", network: "wait" };
    /** @type {{rtt_ms?: number, loss?: number}} */
    this.figures = {};
    this.stream = new MediaStream();
    this.stopWatching = () => {};
    this.quiet = 0;
    this.bars = /** @type {HTMLElement[]} */ ([...this.querySelectorAll(".level i")]);
    this.#on("[data-start]", () => this.#start());
    this.#on("[data-again]", () => this.#start());
    this.#on("[data-ring]", () => this.#ring());
    for (const answer of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-heard]"))) {
      answer.addEventListener("click", () => this.#settle("speaker", answer.dataset.heard ?? "ok"));
    }
    show(this, browserName(), "data-browser");
    this.#state("before");
    this.#startIfAllowed();
  }

  disconnectedCallback() {
    this.#letGo();
  }

  /** Begin by ourselves only where the person has said yes before: no prompt jumps out of nowhere. */
  async #startIfAllowed() {
    try {
      const asked = ["camera", "microphone"].map((name) => navigator.permissions.query({ name: /** @type {PermissionName} */ (name) }));
      if ((await Promise.all(asked)).every((one) => one.state === "granted")) await this.#start();
    } catch {
      // A browser that cannot be asked waits for the button.
    }
  }

  async #start() {
    this.#letGo();
    this.#state("running");
    for (const name of ["camera", "microphone", "network"]) this.#settle(name, "wait");
    await this.#open();
    const iceServers = JSON.parse(this.dataset.ice ?? "[]");
    const tracks = this.stream.getTracks();
    const stream = tracks.length ? this.stream : null;
    const figures = await testLink({ socketUrl: this.dataset.socket ?? "/live/news", iceServers, stream });
    this.figures = {};
    if (figures.rtt_ms !== null) this.figures.rtt_ms = figures.rtt_ms;
    if (figures.loss !== null) this.figures.loss = figures.loss;
    const isWeak = (figures.loss ?? 0) > WEAK_LOSS || (figures.rtt_ms ?? 0) > WEAK_RTT_MS;
    const isCut = figures.rtt_ms === null || figures.relay === false || (stream && figures.loss === null);
    this.#settle("network", isCut ? "fail" : isWeak ? "weak" : "ok");
  }

  async #open() {
    const why = { camera: await this.#openOne("camera"), microphone: await this.#openOne("microphone") };
    for (const [name, fault] of Object.entries(why)) this.#settle(name, fault ? "fail" : name === "camera" ? "ok" : "wait", fault);
    const [voice] = this.stream.getAudioTracks();
    const preview = /** @type {HTMLVideoElement} */ (this.querySelector("[data-preview]"));
    preview.srcObject = this.stream.getVideoTracks().length ? new MediaStream(this.stream.getVideoTracks()) : null;
    preview.play?.().catch(() => {});
    if (!voice) return;
    this.quiet = setTimeout(() => this.results.microphone === "wait" && this.#settle("microphone", "fail", "quiet"), QUIET_AFTER);
    this.stopWatching = watchLevel(voice, (level, isHeard) => {
      this.bars.forEach((bar, at) => bar.classList.toggle("on", level * this.bars.length > at));
      if (isHeard && this.results.microphone !== "ok") this.#settle("microphone", "ok");
    });
  }

  /** @param {"camera" | "microphone"} name @returns {Promise<string>} why it could not be opened, or nothing */
  async #openOne(name) {
    try {
      const asked = name === "camera" ? { video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" } } : { audio: true };
      for (const track of (await navigator.mediaDevices.getUserMedia(asked)).getTracks()) this.stream.addTrack(track);
      return "";
    } catch (fault) {
      return WHY[/** @type {keyof typeof WHY} */ (/** @type {Error} */ (fault).name)] ?? "missing";
    }
  }

  async #ring() {
    this.#settle("speaker", "rung");
    await ringBell().catch(() => this.#settle("speaker", "fail"));
  }

  /**
   * Write down one result, show its help, and say the advice when all is known.
   * @param {string} name
   * @param {string} result ok, fail, weak, rung or wait
   * @param {string} [why]
   */
  #settle(name, result, why = "") {
    this.results[name] = result;
    const row = /** @type {HTMLElement} */ (this.querySelector(`[data-check="${name}"]`));
    row.dataset.result = result;
    show(row, result, "data-result-is");
    for (const help of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-help]"))) {
      help.hidden = result !== "fail" || !(help.dataset.help ?? "").split(" ").includes(why || "plain");
    }
    const advice = this.#advice();
    show(this, advice, "data-advice-is");
    this.#write(advice);
  }

  #advice() {
    const { camera, microphone, speaker, network } = this.results;
    if ([camera, microphone, network].includes("wait")) return "wait";
    if (network === "fail") return "no_line";
    if (microphone === "fail" || speaker === "fail") return "no_sound";
    if (network === "weak") return "weak";
    return camera === "fail" ? "voice_only" : "ready";
  }

  /** @param {string} advice */
  #write(advice) {
    const said = (/** @type {string} */ result) => (["ok", "fail"].includes(result) ? result : "skipped");
    const input = /** @type {HTMLInputElement} */ (this.querySelector('[name="device_test"]'));
    const { camera, microphone, speaker } = this.results;
    input.value = JSON.stringify({
      camera: said(camera), microphone: said(microphone), speaker: said(speaker), ...this.figures, advice: advice === "wait" ? "" : advice,
    });
  }

  #letGo() {
    clearTimeout(this.quiet);
    this.stopWatching();
    this.stopWatching = () => {};
    for (const track of this.stream?.getTracks() ?? []) {
      track.stop();
      this.stream.removeTrack(track);
    }
  }

  /** @param {string} state */
  #state(state) {
    this.dataset.state = state;
    show(this, state);
  }

  /** @param {string} selector @param {() => void} act */
  #on(selector, act) {
    for (const place of this.querySelectorAll(selector)) place.addEventListener("click", act);
  }
}

/** Return which browser's help to show. */
function browserName() {
  const agent = navigator.userAgent;
  if (/iPhone|iPad/.test(agent)) return "iphone";
  if (/Android/.test(agent)) return "android";
  if (/Firefox/.test(agent)) return "firefox";
  if (/Chrome|Chromium|Edg/.test(agent)) return "chrome";
  return /Safari/.test(agent) ? "safari" : "other";
}

customElements.define("device-check", DeviceCheck);
