// @ts-check
/**
 * The others in the call: one Peer for each, the next one made ready ahead of time, old ones kept until the new
 * shows a picture, so that nobody goes dark while a connection is made again.
 */

import { firstPlace, nextPlace, RUNGS } from "visits/ladder.js";
import { Peer } from "visits/peer.js";

const OLD_STAYS = 8000;
const TELL_EVERY = 5000;
/** A path that has just come up says nothing about the link yet: its loss is the loss of the break. */
const CALM_FOR = 5000;

/** @typedef {{pid: string, join: number, owner: string, name: string, role: string, connection: string, media: Record<string, boolean>}} Them */

export class Company {
  /**
   * @param {object} how
   * @param {import("visits/signalling.js").Signalling} how.line
   * @param {import("visits/stage.js").Stage} how.stage
   * @param {(peer: Peer) => void} how.described told when both keys of a connection are known
   */
  constructor({ line, stage, described }) {
    this.line = line;
    this.stage = stage;
    this.described = described;
    /** @type {Map<string, Peer>} */
    this.peers = new Map();
    /** @type {Map<string, Them>} */
    this.them = new Map();
    /** @type {Peer | null} */
    this.ready = null;
    /** @type {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} */
    this.tracks = { audio: null, video: null };
    this.expectsMedia = true;
    this.place = firstPlace(performance.now());
    this.toldAt = 0;
    this.laddered = this.calmUntil = this.reportedAt = 0;
    /** @type {RTCConfiguration} */
    this.configuration = {};
    /** Told when the rung changes: (rung) => … */
    this.onrung = (/** @type {number} */ _rung) => {};
  }

  /**
   * Take the servers that help to find a path, and gather addresses before anyone is let in.
   * @param {RTCIceServer[]} iceServers
   * @param {boolean} isRelayOnly
   */
  prepare(iceServers, isRelayOnly) {
    this.configuration = { iceServers, iceTransportPolicy: isRelayOnly ? "relay" : "all" };
    this.ready ??= this.#make();
  }

  /** @param {Them} them who is in, or came in anew */
  meet(them) {
    const old = this.peers.get(them.pid);
    this.them.set(them.pid, them);
    this.stage.tile(them.pid, them.name);
    if (old) this.media(them.pid, them.media);
    if (old && old.join === them.join && old.isOwner === (them.owner !== them.pid)) {
      old.away(them.connection === "reconnecting");
      return;
    }
    if (!old) this.stage.picture(them.pid, "wait");
    old?.retire();
    const peer = this.ready ?? this.#make();
    this.ready = null;
    this.peers.set(them.pid, peer);
    peer.use(this.tracks);
    peer.expectsMedia = this.expectsMedia;
    peer.isAway = them.connection === "reconnecting";
    peer.addEventListener("flowing", () => {
      old?.close();
      if (this.#isCurrent(peer)) this.#trouble(peer, false);
    }, { once: true });
    if (old) setTimeout(() => old.close(), OLD_STAYS);
    peer.meet(them);
  }

  /** @param {string} pid @param {Record<string, any>} frame a signal from them */
  hear(pid, frame) {
    const peer = this.peers.get(pid);
    if (peer && peer.join === frame.join) peer.hear(frame);
  }

  /** @param {string} pid @param {boolean} isAway whether their line to the server is down */
  away(pid, isAway) {
    this.peers.get(pid)?.away(isAway);
  }

  /** @param {string} pid */
  drop(pid) {
    this.peers.get(pid)?.close();
    this.peers.delete(pid);
    this.them.delete(pid);
    this.stage.dropTile(pid);
  }

  /** Forget who is not in this list: they left while our line was down. @param {Them[]} list */
  keepOnly(list) {
    const here = new Set(list.map((one) => one.pid));
    for (const pid of [...this.peers.keys()]) if (!here.has(pid)) this.drop(pid);
  }

  /** @param {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} tracks what to send everyone */
  use(tracks) {
    this.tracks = tracks;
    for (const peer of this.peers.values()) peer.use(tracks);
    this.ready?.use(tracks);
  }

  /** @param {boolean} isExpected whether silence on the wire would mean trouble */
  expect(isExpected) {
    this.expectsMedia = isExpected;
    for (const peer of this.peers.values()) peer.expectsMedia = isExpected;
  }

  /** @param {string} pid @param {Record<string, any>} media what they say they send */
  media(pid, media) {
    const them = this.them.get(pid);
    if (them) them.media = media;
    if (this.peers.get(pid)?.hasFlowed) this.stage.picture(pid, media.video ? "on" : "off");
    this.stage.voice(pid, media.audio);
    this.stage.note("resting-theirs", !media.video && media.why === "bandwidth");
  }

  /** Close everything. */
  close() {
    for (const pid of [...this.peers.keys()]) this.drop(pid);
    this.ready?.close();
    this.ready = null;
  }

  #make() {
    const peer = new Peer({
      configuration: this.configuration,
      send: (from, data) => this.line.send("signal", { to: from.pid, join: from.join, ...data }),
      serverAnswers: () => this.line.answers(),
    });
    peer.addEventListener("track", () => this.#isCurrent(peer) && this.stage.play(peer.pid, peer.remote));
    peer.addEventListener("described", () => this.#isCurrent(peer) && this.described(peer));
    peer.addEventListener("trouble", () => this.#isCurrent(peer) && this.#trouble(peer, true));
    peer.addEventListener("well", () => this.#isCurrent(peer) && this.#trouble(peer, false));
    peer.addEventListener("hopeless", () => this.#isCurrent(peer) && this.line.startAfresh());
    peer.addEventListener("health", (event) => {
      if (this.#isCurrent(peer)) this.#climb(peer, /** @type {CustomEvent} */ (event).detail);
    });
    return peer;
  }

  /** @param {Peer} peer */
  #isCurrent(peer) {
    return this.peers.get(peer.pid) === peer;
  }

  /** @param {Peer} peer @param {boolean} isLost */
  #trouble(peer, isLost) {
    if (!isLost) this.calmUntil = performance.now() + CALM_FOR;
    this.stage.note("lost", isLost);
    this.stage.signal(isLost ? "lost" : this.place.rung ? "weak" : "good");
    const isOn = this.them.get(peer.pid)?.media.video;
    this.stage.picture(peer.pid, isLost ? "held" : isOn ? "on" : "off");
  }

  /** @param {Peer} peer @param {import("visits/figures.js").Figures} figures */
  #climb(peer, figures) {
    const now = performance.now();
    if (now - this.laddered < 1000 || now < this.calmUntil || peer.troubleSince || !peer.hasFlowed) return;
    this.laddered = now;
    const before = this.place.rung;
    const isNews = figures.reportedAt !== this.reportedAt;
    this.reportedAt = figures.reportedAt;
    this.place = nextPlace(this.place, isNews ? figures : { ...figures, loss: null, rttMs: null }, now);
    const { rung } = this.place;
    this.stage.signal(rung ? "weak" : "good");
    if (rung !== before) {
      for (const other of this.peers.values()) other.cap(RUNGS[rung]);
      this.onrung(rung);
    }
    if (rung === before && now - this.toldAt < TELL_EVERY) return;
    this.toldAt = now;
    this.line.send("quality", { rung, rtt_ms: Math.round(figures.rttMs ?? 0), loss: round(figures.loss ?? 0) });
  }
}

/** @param {number} share */
function round(share) {
  return Math.round(share * 1000) / 1000;
}
