// @ts-check
/**
 * One RTCPeerConnection to one other person, and everything that keeps it alive.
 *
 * Only the owner (the newcomer) ever offers. The other end, when four seconds pass without media, asks the owner
 * to restart the path. Why: two offers that cross make one side roll back, and Chromium then decodes that side's
 * pictures but never shows one again. A restart waits until the server answers and the negotiation is stable.
 * Both transceivers are made once and kept: muting, another camera or mode only replaces what they send.
 *
 * Events: "track", "flowing" (first bytes of theirs), "health" (detail: figures, once a second), "trouble" /
 * "well" (their media stopped / came back), "described" (both keys are known), "hopeless" (restarts did not help).
 */

import { readFigures } from "visits/figures.js";

const TICK = 500;
const SILENT_AFTER = 2000;
const OTHER_SIDE_AFTER = 4000;
const RESTART_EVERY = 3000;
const HOPELESS_AFTER = 4;

/** @typedef {{desc?: RTCSessionDescriptionInit, cand?: RTCIceCandidateInit, key?: {ask?: string}}} Signal */

export class Peer extends EventTarget {
  /**
   * @param {object} how
   * @param {RTCConfiguration} how.configuration
   * @param {(peer: Peer, data: Record<string, any>) => void} how.send hands {desc}, {cand} or {key} to the other end
   * @param {() => Promise<void>} how.serverAnswers
   */
  constructor({ configuration, send, serverAnswers }) {
    super();
    this.sendRaw = send;
    this.serverAnswers = serverAnswers;
    this.pid = "";
    this.join = 0;
    this.isOwner = false;
    /** @type {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} */
    this.tracks = { audio: null, video: null };
    this.remote = new MediaStream();
    /** Sent with both tracks, so that the other end keeps lips and voice together. */
    this.together = new MediaStream();
    this.expectsMedia = true;
    /** Whether their own line to the server is down: then no restart could reach them. */
    this.isAway = false;
    this.hasFlowed = false;
    this.troubleSince = 0;
    this.lastBytes = 0;
    this.bytesAt = performance.now();
    this.restartedAt = -RESTART_EVERY;
    this.restarts = this.backAt = 0;
    this.isWaitingForServer = this.isOffering = false;
    /** @type {RTCIceCandidateInit[]} */
    this.early = [];
    /** @type {Promise<void>} */
    this.queue = Promise.resolve();
    this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceCandidatePoolSize: 1, ...configuration });
    this.pc.onicecandidate = ({ candidate }) => this.pid && candidate && this.sendRaw(this, { cand: plain(candidate) });
    this.pc.ontrack = ({ track }) => {
      this.remote.addTrack(track);
      this.#tell("track", { track });
    };
    this.pc.oniceconnectionstatechange = () => this.isBroken && this.#tick();
    this.ticking = setInterval(() => this.#tick(), TICK);
  }

  /** Say whether ICE itself gave up the path. */
  get isBroken() {
    return ["disconnected", "failed"].includes(this.pc.iceConnectionState);
  }

  /**
   * Begin with a person. The owner offers; the other waits for the offer.
   * @param {{pid: string, join: number, owner: string}} them
   */
  meet({ pid, join, owner }) {
    this.pid = pid;
    this.join = join;
    this.isOwner = owner !== pid;
    this.bytesAt = performance.now();
    if (!this.isOwner) return;
    this.pc.onnegotiationneeded = () => this.#offer();
    /** @type {RTCRtpTransceiverInit} */
    const both = { direction: "sendrecv", streams: [this.together] };
    this.pc.addTransceiver(this.tracks.audio ?? "audio", both);
    this.pc.addTransceiver(this.tracks.video ?? "video", both);
    this.#offer();
  }

  /**
   * Send these tracks from now on; null sends nothing. No negotiation, no gap for the other track.
   * @param {{audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null}} tracks
   */
  async use(tracks) {
    Object.assign(this.tracks, tracks);
    await this.#attach();
  }

  /**
   * Cap what we send. Units: bit/s and frames/s; a video cap of 0 pauses the picture.
   * @param {{video: number, framerate: number, scale: number, audio: number}} cap
   */
  async cap(cap) {
    for (const { sender, receiver } of this.pc.getTransceivers()) {
      const settings = sender.getParameters();
      const first = settings.encodings?.[0];
      if (!first) continue;
      if (receiver.track.kind === "audio") {
        Object.assign(first, { maxBitrate: cap.audio, priority: "high", networkPriority: "high" });
      } else if (cap.video) {
        Object.assign(first, {
          active: true, maxBitrate: cap.video, maxFramerate: cap.framerate, scaleResolutionDownBy: cap.scale,
        });
      } else {
        first.active = false;
      }
      await sender.setParameters(settings).catch(() => {});
    }
  }

  /** @param {Signal} signal from the other end */
  hear(signal) {
    this.queue = this.queue.then(() => this.#hear(signal)).catch((fault) => console.warn(fault));
    return this.queue;
  }

  /** @param {boolean} isAway whether their line to the server is down now */
  away(isAway) {
    if (this.isAway && !isAway) this.backAt = performance.now();
    this.isAway = isAway;
    if (!isAway) this.#tick();
  }

  /** Say nothing any more, but keep what still comes in: a newer connection is on its way. */
  retire() {
    clearInterval(this.ticking);
    this.pid = "";
    this.pc.onicecandidate = this.pc.onnegotiationneeded = this.pc.oniceconnectionstatechange = null;
  }

  /** Close for good. */
  close() {
    clearInterval(this.ticking);
    this.pc.close();
  }

  async #offer() {
    const { pc } = this;
    if (this.isOffering || pc.signalingState !== "stable") return;
    try {
      this.isOffering = true;
      await pc.setLocalDescription();
      if (this.pid) this.sendRaw(this, { desc: plain(pc.localDescription) });
    } finally {
      this.isOffering = false;
    }
  }

  /** @param {Signal} signal */
  async #hear({ desc, cand, key }) {
    const { pc } = this;
    if (key?.ask === "restart") this.#restart();
    else if (cand?.candidate) {
      if (!pc.remoteDescription) this.early.push(cand);
      else await pc.addIceCandidate(cand);
    }
    if (!desc || (desc.type === "offer") === this.isOwner) return;
    if (desc.type === "answer" && pc.signalingState !== "have-local-offer") return;
    await pc.setRemoteDescription(desc);
    for (const kept of this.early.splice(0)) await pc.addIceCandidate(kept).catch(() => {});
    if (desc.type === "offer") {
      await this.#attach();
      await pc.setLocalDescription();
      this.sendRaw(this, { desc: plain(pc.localDescription) });
    }
    this.#tell("described", {});
  }

  async #attach() {
    for (const transceiver of this.pc.getTransceivers()) {
      if (transceiver.direction !== "sendrecv") {
        transceiver.direction = "sendrecv";
        transceiver.sender.setStreams?.(this.together);
      }
      const track = this.tracks[transceiver.receiver.track.kind === "audio" ? "audio" : "video"];
      if (transceiver.sender.track !== track) await transceiver.sender.replaceTrack(track);
    }
  }

  async #tick() {
    if (!this.pid || this.pc.signalingState === "closed") return;
    const figures = readFigures(await this.pc.getStats());
    const now = performance.now();
    if (figures.bytesIn !== this.lastBytes || !this.expectsMedia) this.bytesAt = now;
    this.lastBytes = figures.bytesIn;
    if (figures.bytesIn && !this.hasFlowed) {
      this.hasFlowed = true;
      this.#tell("flowing", {});
    }
    const isSilent = this.hasFlowed ? now - this.bytesAt >= SILENT_AFTER : now - this.bytesAt >= OTHER_SIDE_AFTER;
    if (!this.isBroken && !isSilent) {
      if (this.troubleSince) this.#tell("well", {});
      this.troubleSince = this.restarts = 0;
    } else {
      if (!this.troubleSince) this.#tell("trouble", {});
      this.troubleSince ||= now;
      this.#mend();
    }
    this.#tell("health", figures);
  }

  /** Say whether it is our turn, now, to restart the path. */
  get #mayRestart() {
    const now = performance.now();
    if (!this.pid || this.isAway || !this.troubleSince || now - this.restartedAt < RESTART_EVERY) return false;
    return this.isOwner || now - Math.max(this.troubleSince, this.backAt) >= OTHER_SIDE_AFTER;
  }

  async #mend() {
    if (this.isWaitingForServer || !this.#mayRestart) return;
    this.isWaitingForServer = true;
    await this.serverAnswers();
    this.isWaitingForServer = false;
    if (!this.#mayRestart) return;
    if (this.isOwner) this.#restart();
    else {
      this.restartedAt = performance.now();
      this.sendRaw(this, { key: { ask: "restart" } });
    }
  }

  #restart() {
    if (!this.isOwner || performance.now() - this.restartedAt < RESTART_EVERY) return;
    this.restartedAt = performance.now();
    this.restarts += 1;
    if (this.restarts > HOPELESS_AFTER) this.#tell("hopeless", {});
    else if (this.pc.signalingState === "stable" && this.pc.remoteDescription) this.pc.restartIce();
  }

  /** @param {string} name @param {any} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/**
 * Return a description or a candidate with the fields the wire allows, and no others.
 * @param {any} thing
 */
function plain(thing) {
  if (thing.sdp !== undefined) return { type: thing.type, sdp: thing.sdp };
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = thing;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}
