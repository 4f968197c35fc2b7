// @ts-check
/**
 * The check code: four words made from the keys of both ends. If someone sat between them, the two people
 * would read different words to each other. Source: docs/reference/signalling.md, "The check code".
 */

const ROUNDS = 100_000;

/**
 * Return the DTLS fingerprint written in a session description.
 * @param {string} sdp
 * @returns {string}
 */
export function fingerprintOf(sdp) {
  return (/^a=fingerprint:sha-256 ([0-9a-f:]+)/im.exec(sdp)?.[1] ?? "").toUpperCase();
}

/**
 * Return the four numbers both ends work out alike, or none while a fingerprint is missing.
 * @param {string} visitId
 * @param {string} one a fingerprint
 * @param {string} other the other end's
 * @returns {Promise<number[]>}
 */
export async function checkNumbers(visitId, one, other) {
  if (!one || !other) return [];
  const text = new TextEncoder();
  const secret = await crypto.subtle.importKey(
    "raw", text.encode([one, other].sort().join("\n")), "PBKDF2", false, ["deriveBits"],
  );
  const salt = text.encode(`bedside-check-code-1:${visitId.toLowerCase()}`);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS }, secret, 32);
  return [...new Uint8Array(bits)];
}

const ASKED_AGAIN_MS = [300, 1000, 3000, 9000, 27_000];

/** @type {Promise<Record<string, string[]>> | undefined} */
let list;

/** @param {string} url  @returns {Promise<Record<string, string[]>>} the list of words, asked for again when lost */
async function listAt(url) {
  for (const wait of ASKED_AGAIN_MS) {
    try {
      return await (await fetch(url)).json();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return (await fetch(url)).json();
}

/**
 * Return the words of a connection, in the language of the page.
 * @param {object} of
 * @param {string} of.visitId
 * @param {RTCPeerConnection} of.pc
 * @param {string} of.listUrl the list of words, `{"en": [256 words], "es": […]}`
 * @param {string} of.language
 * @returns {Promise<string[]>}
 */
export async function checkWords({ visitId, pc, listUrl, language }) {
  const ends = [pc.localDescription, pc.remoteDescription].map((end) => fingerprintOf(end?.sdp ?? ""));
  const numbers = await checkNumbers(visitId, ends[0], ends[1]);
  list ??= listAt(listUrl);
  list.catch(() => (list = undefined));
  const words = (await list)[language.slice(0, 2)] ?? (await list).en;
  return numbers.map((number) => words[number]);
}
