// @ts-check
/**
 * Words for scripts: every sentence a script may show stands in the page, translated by the server.
 *
 *   <template data-words>
 *     <span data-word="weak">Your connection to {name} is weak.</span>
 *   </template>
 */

/** @type {WeakMap<Element, Map<string, string>>} */
const known = new WeakMap();

/**
 * Return the sentence called `key` under `root`, with its {placeholders} filled in.
 * @param {Element} root
 * @param {string} key
 * @param {Record<string, string | number>} [facts]
 * @returns {string}
 */
export function word(root, key, facts = {}) {
  let words = known.get(root);
  if (!words) {
    words = new Map();
    for (const sheet of root.querySelectorAll("template[data-words]")) {
      for (const line of /** @type {HTMLTemplateElement} */ (sheet).content.querySelectorAll("[data-word]")) {
        words.set(/** @type {HTMLElement} */ (line).dataset.word ?? "", (line.textContent ?? "").trim());
      }
    }
    known.set(root, words);
  }
  const text = words.get(key) ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

/**
 * Clone the first element of the `<template data-part="…">` under `root`.
 * @param {Element} root
 * @param {string} name
 * @returns {HTMLElement}
 */
export function part(root, name) {
  const sheet = /** @type {HTMLTemplateElement} */ (root.querySelector(`template[data-part="${name}"]`));
  return /** @type {HTMLElement} */ (/** @type {Element} */ (sheet.content.firstElementChild).cloneNode(true));
}

/**
 * Write text into the `[data-slot]` of an element; an absent slot is left alone.
 * @param {ParentNode} root
 * @param {string} slot
 * @param {string} text
 */
export function say(root, slot, text) {
  for (const place of root.querySelectorAll(`[data-slot="${slot}"]`)) {
    if (place.textContent !== text) place.textContent = text;
  }
}

/**
 * Show the one of several `[data-when="a b"]` siblings that fits; hide the others.
 * @param {ParentNode} root
 * @param {string} state
 * @param {string} [attribute]
 */
export function show(root, state, attribute = "data-when") {
  for (const place of root.querySelectorAll(`[${attribute}]`)) {
    const wanted = (place.getAttribute(attribute) ?? "").split(" ").includes(state);
    /** @type {HTMLElement} */ (place).hidden = !wanted;
  }
}
