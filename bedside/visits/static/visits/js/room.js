// @ts-check
/**
 * <visit-room>: a visit from the waiting room to its end, in one page, so that being let in costs one offer and
 * an answer and the picture stays while the chart beside it changes.
 *
 *   <visit-room data-visit="…" data-ticket="/visits/…/ticket" data-check-words="/static/…/check-words.json"
 *       data-room="/visits/…/room" data-over="/visits/…/summary" data-state="lobby">
 *     <section data-when="lobby">…</section> <section data-when="call">…</section> <section data-when="over">…</section>
 *     <visit-chat>…</visit-chat> <button data-control="mute">…</button> <dialog data-dialog="mode">…</dialog>
 *   </visit-room>
 *
 * Losing the socket never mutes, hides or ends media: signalling and media are two states.
 */

import { checkWords } from "visits/check-code.js";
import { Company } from "visits/company.js";
import { wireControls } from "visits/controls.js";
import { Devices } from "visits/devices.js";
import { Lobby } from "visits/lobby.js";
import { Signalling } from "visits/signalling.js";
import { Stage } from "visits/stage.js";
import { show } from "visits/words.js";

const CHAT = new Set(["chat", "chat_page", "chat_receipt"]);
const CHAT_FAULTS = new Set(["chat_empty", "chat_too_long", "attachment_bad"]);

class VisitRoom extends HTMLElement {
  connectedCallback() {
    this.stage = new Stage(this);
    this.devices = new Devices();
    this.mode = this.dataset.mode ?? "video";
    this.isOnHold = false;
    this.isAdmitted = false;
    this.isResting = false;
    this.pid = this.toldMedia = "";
    /** @type {string[]} */
    this.can = [];
    this.line = new Signalling({ socketUrl: this.dataset.socket ?? "/live/visits", fetchTicket: (signal) => this.#ticket(signal) });
    this.company = new Company({ line: this.line, stage: this.stage, described: (peer) => this.#code(peer) });
    this.company.onrung = (rung) => this.#rung(rung);
    this.lobby = new Lobby(this);
    this.chat = /** @type {import("visits/chat.js").VisitChat | null} */ (this.querySelector("visit-chat"));
    const kept = JSON.parse(sessionStorage.getItem(this.#key) ?? "{}");
    this.devices.isMuted = Boolean(kept.muted);
    this.wantsCamera = kept.camera !== false;
    wireControls(this);
    this.line.addEventListener("up", (event) => this.#up(/** @type {CustomEvent} */ (event).detail));
    this.line.addEventListener("down", () => this.stage.note("line-down", this.isAdmitted));
    this.line.addEventListener("over", (event) => this.#over(/** @type {CustomEvent} */ (event).detail.reason));
    this.line.addEventListener("frame", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail));
    document.addEventListener("reload-due", (event) => this.isAdmitted && event.preventDefault());
    this.devices.addEventListener("change", () => this.share());
    this.devices.addEventListener("trouble", (event) => this.#deviceTrouble(/** @type {CustomEvent} */ (event).detail));
    this.line.open();
    this.openDevices();
  }

  get #key() {
    return `bedside-visit-${this.dataset.visit}`;
  }

  /** Hold the camera and the microphone that the mode and this person's wishes ask for. */
  openDevices() {
    for (const kind of ["microphone", "camera"]) {
      for (const why of ["blocked", "missing", "busy"]) this.stage.note(`${kind}-${why}`, false);
    }
    return this.devices.want({ audio: this.mode !== "chat", video: this.mode === "video" && this.wantsCamera });
  }

  /** Send what the devices hold to everyone, and say so. */
  share() {
    const { audio, video, isMuted } = this.devices;
    const isQuiet = this.isOnHold;
    this.company.use({ audio: isQuiet ? null : audio, video: isQuiet ? null : video });
    this.company.expect(this.mode !== "chat" && !this.isOnHold);
    this.stage.self(video);
    this.stage.control("mute", !isMuted, isMuted);
    this.stage.control("camera", this.wantsCamera && this.mode === "video", !(this.wantsCamera && this.mode === "video"));
    sessionStorage.setItem(this.#key, JSON.stringify({ muted: isMuted, camera: this.wantsCamera }));
    this.#tellMedia();
  }

  #tellMedia() {
    if (!this.isAdmitted) return;
    const { audio, video, isMuted } = this.devices;
    const sends = { audio: Boolean(audio) && !isMuted && !this.isOnHold, video: Boolean(video) && !this.isResting && !this.isOnHold };
    const why = this.isResting ? "bandwidth" : sends.audio && sends.video ? "" : "user";
    const said = JSON.stringify({ ...sends, why });
    if (said === this.toldMedia) return;
    this.toldMedia = said;
    this.line.send("media_state", { ...sends, screen: false, why });
  }

  /** @param {AbortSignal} signal gives it up, so that a question lost on the way is asked again */
  async #ticket(signal) {
    const token = /** @type {HTMLInputElement} */ (this.querySelector("[name=csrfmiddlewaretoken]")).value;
    const answer = await fetch(this.dataset.ticket ?? "", { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, signal });
    if (answer.status >= 500) return null;
    if (!answer.ok || answer.redirected) return { refused: { 403: "denied", 404: "removed", 409: "visit_ended" }[answer.status] ?? "signed_out" };
    const got = await answer.json();
    this.company.prepare(got.ice_servers, got.relay_only ?? false);
    return got;
  }

  /** @param {Record<string, any>} frame a welcome or a resumed */
  #up(frame) {
    this.stage.note("line-down", false);
    this.pid = frame.you.pid;
    this.can = frame.you.can;
    for (const control of /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll("[data-can]"))) {
      control.hidden = !this.can.includes(control.dataset.can ?? "");
    }
    this.isAdmitted = frame.you.admitted;
    this.toldMedia = "";
    this.#visit(frame.visit);
    if (this.isAdmitted) {
      this.#enter();
      this.company.keepOnly(frame.peers);
      frame.peers.forEach((/** @type {any} */ them) => this.company.meet(them));
      this.#tellMedia();
    } else {
      this.#state("lobby");
      if (frame.lobby) this.lobby.tell(frame.lobby);
    }
    this.lobby.waiting(frame.waiting ?? []);
    this.#tellChat((chat) => chat.join(this.line, { pid: frame.you.pid, chatSeq: frame.chat_seq, read: frame.read }));
  }

  /** @param {(chat: import("visits/chat.js").VisitChat) => void} tell kept, in order, while its script is still under way */
  #tellChat(tell) {
    customElements.whenDefined("visit-chat").then(() => this.chat && tell(this.chat));
  }

  /** @param {Record<string, any>} frame */
  #hear(frame) {
    if (CHAT.has(frame.t) || (frame.t === "error" && CHAT_FAULTS.has(frame.code))) this.#tellChat((chat) => chat.hear(frame));
    else if (frame.t === "lobby") this.lobby.tell(frame);
    else if (frame.t === "waiting") this.lobby.waiting(frame.people);
    else if (frame.t === "admitted") {
      this.isAdmitted = true;
      frame.peers.forEach((/** @type {any} */ them) => this.company.meet(them));
      this.#enter();
      this.#tellMedia();
    } else if (frame.t === "peer_joined") this.company.meet(frame.peer);
    else if (frame.t === "peer_left") this.company.drop(frame.pid);
    else if (frame.t === "peer_reconnecting") this.company.away(frame.pid, true);
    else if (frame.t === "peer_back") this.company.away(frame.pid, false);
    else if (frame.t === "signal") this.company.hear(frame.from, frame);
    else if (frame.t === "peer_media") this.company.media(frame.pid, frame);
    else if (frame.t === "peer_quality") this.stage.note("weak-theirs", frame.rung > 0);
    else if (frame.t === "visit") this.#visit(frame);
    else if (frame.t === "error") this.lobby.fault(frame.words);
  }

  /** @param {Record<string, any>} visit its state and mode, as they are now */
  #visit(visit) {
    if (visit.started_at) this.stage.clock(visit.started_at);
    const isChanged = visit.mode !== this.mode || visit.on_hold !== this.isOnHold;
    this.mode = visit.mode;
    this.isOnHold = Boolean(visit.on_hold);
    this.dataset.mode = this.mode;
    this.stage.note("hold", this.isOnHold);
    this.stage.control("hold", !this.isOnHold, this.isOnHold);
    show(this, this.mode, "data-mode-is");
    if (isChanged) this.openDevices().then(() => this.share());
  }

  #enter() {
    this.#state("call");
    if (this.dataset.room && location.pathname !== this.dataset.room) history.replaceState(null, "", this.dataset.room);
  }

  /** @param {string} reason */
  #over(reason) {
    this.company.close();
    this.devices.want({ audio: false, video: false });
    this.#state("over");
    show(this, reason, "data-reason");
    if (reason === "signed_out") location.reload();
    if (reason === "visit_ended" && this.dataset.over) location.assign(this.dataset.over);
  }

  /** @param {"lobby" | "call" | "over"} state */
  #state(state) {
    if (this.dataset.state === state) return;
    const wasShown = this.dataset.state;
    this.dataset.state = state;
    show(this, state);
    if (wasShown) /** @type {HTMLElement | null} */ (this.querySelector(`[data-when~="${state}"] [data-focus]`))?.focus();
  }

  /** @param {import("visits/peer.js").Peer} peer */
  async #code(peer) {
    const listUrl = this.dataset.checkWords ?? "";
    const of = { visitId: this.dataset.visit ?? "", pc: peer.pc, listUrl, language: document.documentElement.lang };
    this.stage.code(await checkWords(of));
  }

  /** @param {number} rung */
  #rung(rung) {
    this.isResting = rung === 2;
    this.stage.note("weak-mine", rung === 1);
    this.stage.note("resting-mine", rung === 2);
    this.#tellMedia();
  }

  /** @param {{kind: string, why: string}} trouble */
  #deviceTrouble({ kind, why }) {
    this.stage.note(`${kind === "audio" ? "microphone" : "camera"}-${why}`, true);
    this.share();
  }
}

customElements.define("visit-room", VisitRoom);
export { VisitRoom };
