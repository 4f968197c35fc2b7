// @ts-check
/**
 * Counts down how long a time is kept. Without this the page says the minutes it was opened with.
 *
 * <count-down data-seconds="600" data-say="We keep this time for {left}." data-over="It is not kept any longer.">
 *   <span data-part="say" role="timer">…</span> </count-down>
 */
class CountDown extends HTMLElement {
  connectedCallback() {
    this.ends = performance.now() + Number(this.dataset.seconds) * 1000;
    this.timer = setInterval(() => this.say(), 1000);
    this.say();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  say() {
    const left = Math.max(0, Math.ceil(((this.ends ?? 0) - performance.now()) / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const target = this.querySelector('[data-part="say"]');
    const words = (left ? this.dataset.say : this.dataset.over) ?? "";
    if (target) target.textContent = words.replace("{left}", clock);
    if (!left) clearInterval(this.timer);
  }
}

customElements.define("count-down", CountDown);
