// @ts-check
/**
 * The visit's live socket. It speaks docs/reference/signalling.md: frames are numbered both ways, acknowledged,
 * and replayed after a break, so that what was said into a dead network still arrives, once.
 *
 * Events: "up" (detail: the welcome or resumed frame, `fresh` when it is a new arrival), "down", "frame"
 * (detail: the frame), "over" (detail.reason: it must not be opened again).
 */

const PING_EVERY = 3000;
const DEAD_AFTER = 3500;
const OPEN_WITHIN = 2500;
const TICKET_WITHIN = 4000;
const WAITS = [0, 250, 500, 1000];
const ACK_WITHIN = 500;
const ACK_FRAMES = 20;

/** Frames about a moment that has passed, not worth sending from a new arrival. */
const STALE = new Set(["signal", "media_state", "quality", "chat_pull", "chat_read", "hand"]);

/** Close codes that end it. */
const GONE = { 4401: "signed_out", 4410: "visit_ended" };

export class Signalling extends EventTarget {
  /**
   * @param {object} how
   * @param {string} how.socketUrl
   * @param {(signal: AbortSignal) => Promise<Record<string, any>>} how.fetchTicket answers {ticket, …} or {refused: code}
   */
  constructor({ socketUrl, fetchTicket }) {
    super();
    this.socketUrl = new URL(socketUrl, location.href).href.replace(/^http/, "ws");
    this.fetchTicket = fetchTicket;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.isUp = false;
    this.isOver = true;
    this.isAsking = false;
    /** @type {{pid: string, token: string} | null} */
    this.place = null;
    this.sentSeq = 0;
    this.heardSeq = 0;
    this.ackedSeq = 0;
    /** @type {Array<Record<string, any>>} frames not yet acknowledged */
    this.kept = [];
    this.tries = 0;
    this.roundTripMs = 0;
    this.pingSentAt = 0;
    /** @type {Array<() => void>} */
    this.probes = [];
    this.pinging = this.deadline = this.retry = this.acking = 0;
    addEventListener("online", () => this.#openNow());
    addEventListener("pageshow", () => this.#openNow());
  }

  /** Open the socket and keep it open until `close`. */
  open() {
    this.isOver = false;
    this.#connect();
  }

  /** Leave for good. */
  close() {
    this.isOver = true;
    this.#drop();
  }

  /** Arrive anew, with a new ticket: for when mending the old place did not help. */
  startAfresh() {
    this.place = null;
    this.#drop();
    this.#again();
  }

  /**
   * Send a numbered frame: now if the line is up, after the next resume if it is not.
   * @param {string} t
   * @param {Record<string, any>} [body]
   */
  send(t, body = {}) {
    const frame = { t, seq: ++this.sentSeq, ...body };
    this.kept.push(frame);
    if (this.isUp) this.#write(frame);
  }

  /**
   * Resolve as soon as the server is known to hear us.
   * Why: an ICE restart offered into a dead socket is how calls were lost.
   * @returns {Promise<void>}
   */
  answers() {
    const heard = new Promise((resolve) => this.probes.push(() => resolve(undefined)));
    if (this.isUp) this.#ping();
    return /** @type {Promise<void>} */ (heard);
  }

  async #connect() {
    clearTimeout(this.retry);
    if (this.isOver || this.socket || this.isAsking) return;
    /** @type {Record<string, any>} */
    let hello = { t: "hello" };
    if (this.place) {
      hello.resume = { ...this.place, last_seq: this.heardSeq };
    } else {
      this.isAsking = true;
      const got = await this.fetchTicket(AbortSignal.timeout(TICKET_WITHIN)).catch(() => null);
      this.isAsking = false;
      if (this.isOver) return;
      if (got?.refused) return this.#finish(got.refused);
      if (!got) return this.#again();
      hello.ticket = got.ticket;
    }
    const socket = new WebSocket(this.socketUrl);
    this.socket = socket;
    this.#expect(OPEN_WITHIN);
    socket.onopen = () => this.#write(hello);
    socket.onmessage = (event) => this.#hear(socket, JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(socket, event.code);
  }

  /** @param {WebSocket} socket @param {Record<string, any>} frame */
  #hear(socket, frame) {
    if (socket !== this.socket) return;
    if (frame.t === "pong" && this.pingSentAt) {
      this.roundTripMs = performance.now() - this.pingSentAt;
      this.pingSentAt = 0;
    }
    this.#alive();
    if (frame.t === "pong") return;
    if (frame.t === "ack") this.kept = this.kept.filter((sent) => sent.seq > frame.seq);
    else if (frame.t === "welcome" || frame.t === "resumed") this.#settle(frame);
    else if (frame.t === "ended") this.#finish(frame.reason);
    else if (frame.t === "error") this.#refused(frame);
    else if (frame.seq === this.heardSeq + 1) {
      this.heardSeq = frame.seq;
      this.#tell("frame", frame);
      this.#ackSoon();
    } else if (frame.seq <= this.heardSeq) this.#ackSoon();
    else this.#lost(socket);
  }

  /** @param {Record<string, any>} frame */
  #refused(frame) {
    if (frame.code === "resume_bad" || frame.code === "ticket_bad") this.place = null;
    else if (frame.code === "gap") for (const sent of this.kept) this.#write(sent);
    else if (frame.code === "too_fast") {
      const late = this.kept.filter((sent) => sent.seq >= (frame.re ?? 0));
      setTimeout(() => late.forEach((sent) => this.#write(sent)), frame.retry_ms ?? 1000);
    } else this.#tell("frame", frame);
  }

  /** @param {Record<string, any>} frame */
  #settle(frame) {
    const fresh = frame.t === "welcome";
    if (fresh) {
      this.heardSeq = this.ackedSeq = this.sentSeq = 0;
      this.kept = this.kept.filter((sent) => !STALE.has(sent.t));
      for (const sent of this.kept) sent.seq = ++this.sentSeq;
    } else {
      this.kept = this.kept.filter((sent) => sent.seq > frame.last_seq);
    }
    this.place = { pid: frame.pid ?? this.place?.pid, token: frame.resume_token };
    this.isUp = true;
    this.tries = 0;
    clearTimeout(this.deadline);
    for (const sent of this.kept) this.#write(sent);
    clearInterval(this.pinging);
    this.pinging = setInterval(() => this.#ping(), PING_EVERY);
    this.#tell("up", { ...frame, fresh });
    this.#probed();
  }

  #ackSoon() {
    const send = () => {
      clearTimeout(this.acking);
      this.acking = 0;
      this.ackedSeq = this.heardSeq;
      this.#write({ t: "ack", seq: this.heardSeq });
    };
    if (this.heardSeq - this.ackedSeq >= ACK_FRAMES) send();
    else this.acking ||= setTimeout(send, ACK_WITHIN);
  }

  #ping() {
    if (this.pingSentAt || !this.socket) return;
    this.pingSentAt = performance.now();
    this.#write({ t: "ping", at: this.pingSentAt });
    this.#expect(DEAD_AFTER);
  }

  /** @param {number} within milliseconds until the line counts as dead */
  #expect(within) {
    clearTimeout(this.deadline);
    const socket = this.socket;
    this.deadline = setTimeout(() => socket && this.#lost(socket), within);
  }

  #alive() {
    if (!this.isUp) return this.#expect(OPEN_WITHIN);
    if (this.pingSentAt) this.#expect(DEAD_AFTER);
    else clearTimeout(this.deadline);
    this.#probed();
  }

  #probed() {
    for (const tell of this.probes.splice(0)) tell();
  }

  /** @param {WebSocket} socket @param {number} code */
  #closed(socket, code) {
    if (socket !== this.socket) return;
    if (code === 4404 || code === 1012) this.place = null;
    const gone = GONE[/** @type {4401 | 4410} */ (code)];
    if (gone) this.#finish(gone);
    else this.#lost(socket);
  }

  /** @param {WebSocket} socket */
  #lost(socket) {
    if (socket !== this.socket) return;
    this.#drop();
    if (!this.isOver) this.#again();
  }

  #drop() {
    clearTimeout(this.deadline);
    clearTimeout(this.acking);
    clearInterval(this.pinging);
    this.pingSentAt = this.acking = 0;
    const { socket } = this;
    this.socket = null;
    if (socket) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    if (this.isUp) {
      this.isUp = false;
      this.#tell("down", {});
    }
  }

  #again() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.#connect(), WAITS[Math.min(this.tries, WAITS.length - 1)]);
    this.tries += 1;
  }

  #openNow() {
    if (this.socket || this.isOver) return;
    this.tries = 0;
    this.#connect();
  }

  /** @param {string} reason */
  #finish(reason) {
    this.close();
    this.#tell("over", { reason });
  }

  /** @param {Record<string, any>} frame */
  #write(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  /** @param {string} name @param {Record<string, any>} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
