// @ts-check
/**
 * <visit-chat>: the thread of a visit. Lines are kept in the browser until the server has stored them.
 *
 *   <visit-chat data-visit="…" data-owner="…" data-files="/visits/…/files" data-zone="America/Chicago">
 *     <ol class="thread" data-thread> <li class="bubble" data-seq="1" data-client-id="…">…</li> </ol>
 *     <p data-empty>…</p> <p role="status" data-slot="fault"></p>
 *     <form data-compose> <textarea name="body"> <input type="file" name="file"> <button>…</button> </form>
 *     <template data-words>…you, them, seen, unsent, refused…</template>
 *     <template data-part="line"><li class="bubble"><p data-slot="body"></p>…</li></template>
 *   </visit-chat>
 *
 * The room calls `join(signalling)` and `hear(frame)`. Without scripts the form is an ordinary POST.
 */

import * as outbox from "visits/outbox.js";
import { part, say, word } from "visits/words.js";

/** A file lost on its way up goes again after the first, then after twice as long, with the lines behind it. */
const UPLOAD_AGAIN_MS = 1000;
const UPLOAD_AGAIN_MOST_MS = 30_000;

class VisitChat extends HTMLElement {
  connectedCallback() {
    this.thread = /** @type {HTMLElement} */ (this.querySelector("[data-thread]"));
    this.form = /** @type {HTMLFormElement} */ (this.querySelector("form[data-compose]"));
    /** @type {import("visits/signalling.js").Signalling | null} */
    this.line = null;
    this.me = "";
    this.seenUpTo = 0;
    this.tellsRead = 0;
    /** @type {Set<string>} lines given to the socket since this page was opened */
    this.given = new Set();
    this.isFlushing = this.hasMore = false;
    this.lastAt = this.again = this.lostUploads = 0;
    /** @type {Promise<unknown>} the keeping of the line before: lines are kept in the order they were written */
    this.keeping = Promise.resolve();
    this.form.addEventListener("submit", (event) => this.#write(event));
    this.form.addEventListener("keydown", (event) => this.#enter(event));
    this.form.querySelector('[name="file"]')?.addEventListener("change", () => this.#nameFile());
    new IntersectionObserver(() => this.read()).observe(this.thread);
    document.addEventListener("visibilitychange", () => this.read());
    this.#showWaiting();
    this.#toEnd();
  }

  /** The number of the last stored line shown. */
  get lastSeq() {
    const seqs = [...this.thread.querySelectorAll("[data-seq]")].map((one) => Number(one.getAttribute("data-seq")));
    return Math.max(0, ...seqs);
  }

  /**
   * Take the room's socket, opened or reopened.
   * @param {import("visits/signalling.js").Signalling} line
   * @param {{pid: string, chatSeq?: number, read?: Record<string, number>}} facts
   */
  join(line, { pid, chatSeq = 0, read = {} }) {
    this.line = line;
    this.me = pid;
    for (const [who, upTo] of Object.entries(read)) if (who !== this.dataset.owner) this.#seen(upTo);
    if (chatSeq > this.lastSeq) line.send("chat_pull", { since: this.lastSeq });
    this.#flush();
    this.read();
  }

  /** @param {Record<string, any>} frame a chat frame of the socket */
  hear(frame) {
    if (frame.t === "chat") this.#add(frame.message);
    else if (frame.t === "chat_page") {
      frame.messages.forEach((/** @type {any} */ line) => this.#add(line));
      if (frame.more) this.line?.send("chat_pull", { since: this.lastSeq });
    } else if (frame.t === "chat_receipt" && frame.pid !== this.me) this.#seen(frame.up_to);
    else if (frame.t === "error") say(this, "fault", word(this, frame.words) || word(this, "refused"));
  }

  /** Tell the server how far this person has read, if they can see it. */
  read() {
    const isSeen = !document.hidden && this.checkVisibility?.() !== false && this.offsetParent !== null;
    if (!isSeen) return;
    this.removeAttribute("data-unread");
    this.dispatchEvent(new CustomEvent("chat-read", { bubbles: true }));
    const last = this.lastSeq;
    if (!this.line || last <= this.tellsRead) return;
    this.tellsRead = last;
    this.line.send("chat_read", { up_to: last });
  }

  /**
   * Take what is in the box, and empty the box before anything is waited for: the next line may already be typed.
   * @param {SubmitEvent} event
   */
  async #write(event) {
    event.preventDefault();
    const said = new FormData(this.form);
    const file = said.get("file");
    const body = String(said.get("body") ?? "").trim();
    const hasFile = file instanceof File && file.size > 0;
    if (!body && !hasFile) return;
    const line = {
      client_id: crypto.randomUUID(),
      visit: this.dataset.visit ?? "",
      owner: this.dataset.owner ?? "",
      body,
      at: (this.lastAt = Math.max(Date.now(), this.lastAt + 1)),
      file: hasFile ? file : null,
      attachment_id: null,
    };
    this.form.reset();
    this.#nameFile();
    say(this, "fault", "");
    this.#pending(line);
    this.#toEnd();
    const kept = this.keeping.then(() => outbox.keep(line));
    this.keeping = kept.catch(() => this.#giveBack(line));
    await this.keeping;
    this.#flush();
  }

  /** @param {outbox.Waiting} line a line this browser could not keep: back into the box with its words */
  #giveBack(line) {
    this.thread.querySelector(`[data-client-id="${line.client_id}"]`)?.remove();
    const box = /** @type {HTMLTextAreaElement} */ (this.form.elements.namedItem("body"));
    box.value = [line.body, box.value].filter(Boolean).join("\n");
    say(this, "fault", word(this, "refused"));
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    const isText = event.target instanceof HTMLTextAreaElement;
    if (!isText || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #nameFile() {
    const input = this.form.elements.namedItem("file");
    const file = input instanceof HTMLInputElement ? input.files?.[0] : null;
    say(this, "file", file ? file.name : "");
  }

  async #showWaiting() {
    const lines = await outbox.waiting(this.dataset.visit ?? "", this.dataset.owner ?? "");
    lines.forEach((line) => this.#pending(line));
    this.#flush();
  }

  /** Hand every waiting line to the socket, oldest first; a file goes up before its line. */
  async #flush() {
    this.hasMore = true;
    if (this.isFlushing || !this.line) return;
    this.isFlushing = true;
    try {
      while (this.hasMore) {
        this.hasMore = false;
        await this.#flushOnce(this.line);
      }
    } finally {
      this.isFlushing = false;
    }
  }

  /** @param {import("visits/signalling.js").Signalling} socket */
  async #flushOnce(socket) {
    for (const waiting of await outbox.waiting(this.dataset.visit ?? "", this.dataset.owner ?? "")) {
      if (this.given.has(waiting.client_id)) continue;
      if (waiting.file && !waiting.attachment_id && !(await this.#upload(waiting))) return;
      this.given.add(waiting.client_id);
      const { client_id, body, attachment_id } = waiting;
      socket.send("chat", { client_id, body, attachment_id });
    }
  }

  /** @param {outbox.Waiting} line @returns {Promise<boolean>} whether the line may go on */
  async #upload(line) {
    const form = new FormData();
    form.append("file", /** @type {File} */ (line.file));
    const token = /** @type {HTMLInputElement} */ (this.form.elements.namedItem("csrfmiddlewaretoken")).value;
    const url = this.dataset.files ?? "";
    const answer = await fetch(url, { method: "POST", body: form, headers: { "X-CSRFToken": token } }).catch(() => null);
    const stored = answer?.ok ? await answer.json().catch(() => null) : null;
    if (stored) {
      line.attachment_id = stored.attachment_id;
      this.lostUploads = 0;
      await outbox.keep(line);
      return true;
    }
    if (!answer || answer.ok || answer.status >= 500) {
      clearTimeout(this.again);
      const wait = Math.min(UPLOAD_AGAIN_MOST_MS, UPLOAD_AGAIN_MS * 2 ** this.lostUploads++);
      this.again = setTimeout(() => this.#flush(), wait);
      return false;
    }
    say(this, "fault", word(this, "attachment_bad"));
    await outbox.forget(line.client_id);
    this.thread.querySelector(`[data-client-id="${line.client_id}"]`)?.remove();
    return Boolean(line.body);
  }

  /** @param {outbox.Waiting} line */
  #pending(line) {
    if (this.thread.querySelector(`[data-client-id="${line.client_id}"]`)) return;
    const bubble = part(this, "line");
    bubble.dataset.clientId = line.client_id;
    bubble.classList.add("bubble-me");
    say(bubble, "body", line.body || line.file?.name || "");
    say(bubble, "foot", word(this, "unsent"));
    this.thread.append(bubble);
    this.#hideEmpty();
  }

  /** @param {Record<string, any>} line a stored line */
  #add(line) {
    const isMine = line.pid === this.me;
    if (isMine) outbox.forget(line.client_id);
    if (this.thread.querySelector(`[data-seq="${line.seq}"]`)) return;
    const old = this.thread.querySelector(`[data-client-id="${line.client_id}"]`);
    const bubble = part(this, "line");
    bubble.dataset.seq = String(line.seq);
    bubble.dataset.clientId = line.client_id;
    bubble.classList.toggle("bubble-me", isMine);
    const at = new Date(line.sent_at).toLocaleTimeString(document.documentElement.lang, {
      hour: "numeric", minute: "2-digit", hour12: true, timeZone: this.dataset.zone,
    });
    say(bubble, "body", line.body);
    say(bubble, "foot", word(this, isMine ? "you" : "them", { name: line.name, time: at }));
    if (isMine) bubble.dataset.mine = at;
    this.#attachment(bubble, line.attachment);
    old?.remove();
    const after = [...this.thread.querySelectorAll("[data-seq]")].find((one) => Number(one.getAttribute("data-seq")) > line.seq);
    this.thread.insertBefore(bubble, after ?? this.thread.querySelector("li:not([data-seq])"));
    this.#hideEmpty();
    this.#toEnd();
    if (!isMine && !old) {
      this.setAttribute("data-unread", "");
      this.dispatchEvent(new CustomEvent("chat-news", { bubbles: true, detail: line }));
      this.read();
    }
    if (line.seq <= this.seenUpTo) this.#seen(this.seenUpTo);
  }

  /** @param {HTMLElement} bubble @param {{name: string, url: string} | null} attachment */
  #attachment(bubble, attachment) {
    const link = /** @type {HTMLAnchorElement | null} */ (bubble.querySelector("a[data-file]"));
    if (!link) return;
    if (!attachment) return link.remove();
    link.href = attachment.url;
    say(link, "name", attachment.name);
  }

  /** @param {number} upTo the others have read this far */
  #seen(upTo) {
    this.seenUpTo = Math.max(this.seenUpTo, upTo);
    for (const bubble of this.thread.querySelectorAll("[data-mine]")) {
      const { mine = "", seq } = /** @type {HTMLElement} */ (bubble).dataset;
      if (Number(seq) <= this.seenUpTo) say(bubble, "foot", word(this, "seen", { time: mine }));
    }
  }

  #hideEmpty() {
    const empty = /** @type {HTMLElement | null} */ (this.querySelector("[data-empty]"));
    if (empty) empty.hidden = true;
  }

  #toEnd() {
    const box = this.thread.parentElement;
    if (box) box.scrollTop = box.scrollHeight;
    this.thread.lastElementChild?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("visit-chat", VisitChat);
export { VisitChat };
