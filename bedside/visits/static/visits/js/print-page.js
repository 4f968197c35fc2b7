// @ts-check
/**
 * A button that prints the page. Without scripts it stays hidden: the browser's own menu prints as well.
 *
 *   <print-page><button type="button" hidden>Print</button></print-page>
 */
customElements.define(
  "print-page",
  class extends HTMLElement {
    connectedCallback() {
      const button = this.querySelector("button");
      if (!button) return;
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
  },
);
