// @ts-check
/**
 * What was typed but not yet stored by the server: kept in the browser, so that it survives a reload and a
 * dead network, and leaves once, in order. Emptied line by line as the server confirms.
 */

const NAME = "bedside-visit-outbox";
const STORE = "lines";

/**
 * @typedef {object} Waiting
 * @property {string} client_id
 * @property {string} visit
 * @property {string} owner who wrote it: someone else on this device never sends it
 * @property {string} body
 * @property {number} at
 * @property {File | null} file
 * @property {string | null} attachment_id
 */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "client_id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function within(mode, act) {
  const base = await open();
  try {
    return await new Promise((resolve, reject) => {
      const move = base.transaction(STORE, mode);
      const asked = act(move.objectStore(STORE));
      move.oncomplete = () => resolve(asked.result);
      move.onabort = move.onerror = () => reject(move.error);
    });
  } finally {
    base.close();
  }
}

/** @param {Waiting} line */
export function keep(line) {
  return within("readwrite", (store) => store.put(line));
}

/** @param {string} clientId */
export function forget(clientId) {
  return within("readwrite", (store) => store.delete(clientId));
}

/**
 * Return what this person still has to send in this visit, oldest first.
 * @param {string} visit
 * @param {string} owner
 * @returns {Promise<Waiting[]>}
 */
export async function waiting(visit, owner) {
  const all = /** @type {Waiting[]} */ (await within("readonly", (store) => store.getAll()));
  return all.filter((line) => line.visit === visit && line.owner === owner).sort((a, b) => a.at - b.at);
}
