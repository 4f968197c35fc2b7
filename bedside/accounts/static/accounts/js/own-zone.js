// @ts-check
/**
 * Picks the browser's own time zone in a list, and adds it when the list lacks it. Left alone once changed.
 *
 * <own-zone><select name="time_zone">…</select></own-zone>
 */

class OwnZone extends HTMLElement {
  connectedCallback() {
    const list = this.querySelector("select");
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!list || !zone) return;
    if (![...list.options].some((option) => option.value === zone)) {
      list.prepend(new Option(zone.replaceAll("_", " "), zone));
    }
    list.value = zone;
  }
}

customElements.define("own-zone", OwnZone);
