// @ts-check
/**
 * Says in the bar at the foot what was chosen. Without this the bar still holds the time.
 *
 * <form> … <article data-who="Dr Lin Chen" data-price="$45.00">
 *   <label class="slot"><input type="radio" name="time" data-when="Today, 2:20 pm">…</label> … </article>
 *   <hold-bar data-say="{when}, with {who}" data-note="{how}. You pay {price}, all in.">
 *     <b data-part="say">…</b> <p data-part="note">…</p> <button>…</button> </hold-bar> </form>
 */
class HoldBar extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.form?.addEventListener("change", () => this.say());
    this.say();
  }

  say() {
    const chosen = this.form?.querySelector('input[name="time"]:checked');
    if (!(chosen instanceof HTMLInputElement)) return;
    const doctor = chosen.closest("[data-who]");
    const facts = {
      when: chosen.dataset.when ?? "",
      who: doctor instanceof HTMLElement ? (doctor.dataset.who ?? "") : "",
      price: doctor instanceof HTMLElement ? (doctor.dataset.price ?? "") : "",
      how: document.querySelector('input[name="how"]:checked + span')?.textContent?.trim() ?? "",
    };
    this.fill("say", this.dataset.say ?? "", facts);
    this.fill("note", this.dataset.note ?? "", facts);
  }

  /**
   * @param {string} part
   * @param {string} words
   * @param {Record<string, string>} facts
   */
  fill(part, words, facts) {
    const target = this.querySelector(`[data-part="${part}"]`);
    if (target) target.textContent = words.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
  }
}

customElements.define("hold-bar", HoldBar);
