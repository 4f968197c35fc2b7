// @ts-check
/**
 * Tells the page when to fetch again what it shows: fires `news` on the body, for htmx (`hx-trigger="news from:body"`).
 *
 *   <live-news topics="board:0190… visit:0191…" refresh="60" fallback="20"></live-news>
 *
 * All elements of a page share one socket to /live/news. `refresh` (seconds) also fires by the clock, for words that
 * age ("8 minutes"); `fallback` fires that often while the socket is down. A hidden page waits until it is seen.
 */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;
const PING_MS = 25_000;

class NewsLine {
  constructor() {
    /** @type {Set<string>} */
    this.topics = new Set();
    /** @type {WebSocket | null} */
    this.socket = null;
    this.wait = FIRST_WAIT_MS;
    this.missed = false;
    setInterval(() => this.say({ t: "ping", at: Date.now() }), PING_MS);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.missed) this.tell();
    });
  }

  get isUp() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  /** @param {string[]} topics */
  listen(topics) {
    for (const topic of topics) this.topics.add(topic);
    if (this.isUp) this.say({ t: "subscribe", topics });
    else if (!this.socket) this.open();
  }

  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/live/news`);
    this.socket = socket;
    let wasUp = false;
    socket.addEventListener("open", () => {
      this.say({ t: "subscribe", topics: [...this.topics] });
      if (this.wait > FIRST_WAIT_MS) this.tell();
      wasUp = true;
    });
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.t === "subscribed") this.wait = FIRST_WAIT_MS;
      if (frame.t === "news") this.tell();
    });
    socket.addEventListener("close", ({ code }) => {
      this.socket = null;
      if (code === 4401 || code === 4403) return; // signed out, or not for us: asking again changes nothing
      this.wait = Math.min(LONGEST_WAIT_MS, this.wait * (wasUp ? 1.5 : 2));
      setTimeout(() => this.open(), this.wait * (0.5 + Math.random()));
    });
  }

  /** @param {object} frame */
  say(frame) {
    if (this.isUp) this.socket?.send(JSON.stringify(frame));
  }

  tell() {
    this.missed = document.hidden;
    if (!document.hidden) document.body.dispatchEvent(new CustomEvent("news"));
  }
}

/** @type {NewsLine | null} */
let line = null;

class LiveNews extends HTMLElement {
  connectedCallback() {
    line ??= new NewsLine();
    const here = line;
    const topics = (this.getAttribute("topics") ?? "").split(/\s+/).filter(Boolean);
    if (topics.length) here.listen(topics);
    const refresh = Number(this.getAttribute("refresh"));
    const fallback = Number(this.getAttribute("fallback"));
    this.timers = [
      refresh ? setInterval(() => here.tell(), refresh * 1000) : 0,
      fallback ? setInterval(() => here.isUp || here.tell(), fallback * 1000) : 0,
    ];
  }

  disconnectedCallback() {
    for (const timer of this.timers ?? []) clearInterval(timer);
  }
}

customElements.define("live-news", LiveNews);
