// @ts-check
/**
 * One RTCPeerConnection to one other person, and everything that keeps it alive.
 *
 * The owner (the newcomer) offers, is the impolite side and restarts ICE; the other end restarts only if four
 * seconds pass. A restart waits until the server answers and the negotiation is stable. Both transceivers are
 * made once and kept: muting, another camera or another mode only replaces what they send.
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

export class Peer extends EventTarget {
  /**
   * @param {object} how
   * @param {RTCConfiguration} how.configuration
   * @param {(peer: Peer, data: Record<string, any>) => void} how.send hands {desc} or {cand} to the other end
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
    this.hasFlowed = false;
    this.troubleSince = 0;
    this.lastBytes = 0;
    this.bytesAt = performance.now();
    this.restartedAt = -RESTART_EVERY;
    this.restarts = 0;
    this.isMakingOffer = false;
    this.isIgnoring = false;
    this.isWaitingForServer = false;
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
    this.pc.onnegotiationneeded = () => this.#offer();
    if (!this.isOwner) return;
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

  /** @param {{desc?: RTCSessionDescriptionInit, cand?: RTCIceCandidateInit}} signal from the other end */
  hear(signal) {
    this.queue = this.queue.then(() => this.#hear(signal)).catch((fault) => console.warn(fault));
    return this.queue;
  }

  /** Close for good. */
  close() {
    clearInterval(this.ticking);
    this.pc.close();
  }

  async #offer() {
    const { pc } = this;
    if (this.isMakingOffer || pc.signalingState !== "stable") return;
    try {
      this.isMakingOffer = true;
      await pc.setLocalDescription();
      this.sendRaw(this, { desc: plain(pc.localDescription) });
    } finally {
      this.isMakingOffer = false;
    }
  }

  /** @param {{desc?: RTCSessionDescriptionInit, cand?: RTCIceCandidateInit}} signal */
  async #hear({ desc, cand }) {
    const { pc } = this;
    if (desc) {
      const isGlare = desc.type === "offer" && (this.isMakingOffer || pc.signalingState !== "stable");
      this.isIgnoring = this.isOwner && isGlare;
      if (this.isIgnoring || (desc.type === "answer" && pc.signalingState !== "have-local-offer")) return;
      await pc.setRemoteDescription(desc);
      for (const kept of this.early.splice(0)) await pc.addIceCandidate(kept).catch(() => {});
      if (desc.type === "offer") {
        await this.#attach();
        await pc.setLocalDescription();
        this.sendRaw(this, { desc: plain(pc.localDescription) });
      }
      this.#tell("described", {});
    } else if (cand?.candidate) {
      if (!pc.remoteDescription) this.early.push(cand);
      else await pc.addIceCandidate(cand).catch((fault) => this.isIgnoring || Promise.reject(fault));
    }
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

  async #mend() {
    if (this.isWaitingForServer) return;
    this.isWaitingForServer = true;
    await this.serverAnswers();
    this.isWaitingForServer = false;
    const now = performance.now();
    if (!this.troubleSince || now - this.restartedAt < RESTART_EVERY) return;
    if (!this.isOwner && now - this.troubleSince < OTHER_SIDE_AFTER) return;
    this.restartedAt = now;
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
