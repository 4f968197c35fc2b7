// @ts-check
/**
 * Sees to it that a page arrives whole: who walks from Wi-Fi to mobile data loses every request under way.
 *
 *   <script src="…/ui/classic/whole-page.js" data-asked-by="GET"></script>     first in the head, not deferred
 *   <div id="toasts"></div>
 *   <template id="part-missing"><div class="toast" role="alert">… <button data-load-again>…</button></div></template>
 *
 * A lost script, style sheet, picture or icon is asked for until it can be had, and put in anew. A module that stays
 * lost (some browsers never ask again for what it imports) needs the page loaded again: by itself only if it was
 * asked for by GET, nothing was typed, it did not just happen and nobody prevents `reload-due`. Otherwise the person
 * is asked, as with a `part-missing` event on the document.
 */
(() => {
  const WAITS_MS = [0, 500, 1000, 2000, 4000, 8000, 15_000];
  const ANSWER_WITHIN_MS = 8000;
  const TURNS = 2;
  const RELOADS = 2;
  const RELOADS_WITHIN_MS = 60_000;

  const isFromGet = document.currentScript?.dataset.askedBy === "GET";
  let isTouched = false;
  let isSaid = false;
  /** @type {WeakMap<Element, number>} how often this part was put in anew */
  const turns = new WeakMap();

  addEventListener("input", () => (isTouched = true), true);
  addEventListener("error", ({ target }) => target instanceof Element && mend(target), true);
  document.addEventListener("part-missing", sayIt);

  /** @param {Element} part */
  async function mend(part) {
    const isScript = part instanceof HTMLScriptElement;
    const isSheet = part instanceof HTMLLinkElement && part.relList.contains("stylesheet");
    if (!isScript && !isSheet && !(part instanceof HTMLImageElement) && !(part instanceof SVGUseElement)) return;
    const address = new URL(part.getAttribute(nameOf(part)) ?? "", location.href);
    if (address.host !== location.host) return;
    const turn = (turns.get(part) ?? 0) + 1;
    const isThere = turn <= TURNS && (await canBeHad(address));
    if (isScript) await loaded(); // htmx put in before that would never begin
    if (isThere) putIn(part, address, turn);
    else if (isScript && turn > TURNS) loadAgain();
    else if (isScript || isSheet) sayIt();
  }

  /** @param {Element} part */
  function nameOf(part) {
    return part.hasAttribute("src") ? "src" : "href";
  }

  /** @param {Element} part  @param {URL} address  @param {number} turn */
  function putIn(part, address, turn) {
    // Of the same address a browser may keep the failure: for a module always, for an icon while another shows it.
    address.searchParams.set("again", String(turn));
    const anew = document.createElementNS(part.namespaceURI, part.localName);
    for (const { name, value } of part.attributes) anew.setAttribute(name, name === nameOf(part) ? address.href : value);
    turns.set(anew, turn);
    part.replaceWith(anew);
  }

  /** @param {URL} address  @returns {Promise<boolean>} whether it came, sooner or later */
  async function canBeHad(address) {
    for (const wait of WAITS_MS) {
      await rest(wait);
      const answer = await fetch(address, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => null);
      const isWhole = answer && (await answer.arrayBuffer().catch(() => null));
      if (isWhole && answer.status < 500) return answer.ok;
    }
    return false;
  }

  /** @param {number} ms  @returns {Promise<unknown>} over sooner when the network comes back */
  function rest(ms) {
    return new Promise((resolve) => {
      setTimeout(resolve, ms);
      addEventListener("online", resolve, { once: true });
    });
  }

  async function loaded() {
    return document.readyState === "complete" || new Promise((resolve) => addEventListener("load", resolve));
  }

  function loadAgain() {
    const isWelcome = isFromGet && !isTouched && document.dispatchEvent(new Event("reload-due", { cancelable: true }));
    if (isWelcome && isCounted()) location.reload();
    else sayIt();
  }

  /** @returns {boolean} whether it was not done too often; never without a count */
  function isCounted() {
    const key = `bedside-reloads ${location.pathname}`;
    const now = Date.now();
    try {
      const before = JSON.parse(sessionStorage.getItem(key) ?? "[]");
      const lately = before.filter((/** @type {number} */ at) => now - at < RELOADS_WITHIN_MS);
      sessionStorage.setItem(key, JSON.stringify([...lately, now]));
      return lately.length < RELOADS;
    } catch {
      return false;
    }
  }

  async function sayIt() {
    if (isSaid) return;
    isSaid = true;
    await loaded();
    const words = document.getElementById("part-missing");
    if (!(words instanceof HTMLTemplateElement)) return;
    const said = document.importNode(words.content, true);
    said.querySelector("[data-load-again]")?.addEventListener("click", () => {
      if (isFromGet) location.reload();
      else location.assign(location.pathname + location.search);
    });
    document.getElementById("toasts")?.append(said);
  }
})();
