// @ts-check
/**
 * A button that asks this device for a passkey, and sends what it answers with the form it stands in.
 *
 * <form method="post" action="…">
 *   <input type="hidden" name="credential">
 *   <passkey-door does="get" from="/accounts/login/passkey/">      options fetched when pressed, or
 *   <passkey-door does="create" from="#passkey-options">           options in a JSON block of the page
 *     <button type="button" class="btn" hidden>Use a passkey</button>
 *     <p class="error" data-says="failed" role="alert" hidden>That did not work. Try again.</p>
 *     <p class="hint" data-says="unable" hidden>This browser cannot use passkeys.</p>
 *   </passkey-door>
 * </form>
 */

/** @param {string} text */
const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

/** @param {ArrayBuffer | null | undefined} bytes */
const toText = (bytes) =>
  bytes
    ? btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
    : undefined;

/** @param {any} options  @returns {any} */
function readOptions(options) {
  const read = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: toBytes(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) read[list] = options[list].map((/** @type {any} */ one) => ({ ...one, id: toBytes(one.id) }));
  }
  return read;
}

/** @param {any} credential  @returns {string} */
function writeCredential(credential) {
  const { response } = credential;
  /** @type {Record<string, unknown>} */
  const answer = { clientDataJSON: toText(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) answer[part] = toText(response[part]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  });
}

class PasskeyDoor extends HTMLElement {
  connectedCallback() {
    const isAble = "PublicKeyCredential" in window;
    this.say(isAble ? "" : "unable");
    const button = this.querySelector("button");
    if (!button || !isAble) return;
    button.hidden = false;
    button.addEventListener("click", () => this.ask(button));
  }

  /** @param {HTMLButtonElement} button */
  async ask(button) {
    this.say("");
    button.setAttribute("aria-disabled", "true");
    try {
      const options = await this.options();
      const credential =
        this.getAttribute("does") === "create"
          ? await navigator.credentials.create({ publicKey: options })
          : await navigator.credentials.get({ publicKey: options });
      this.send(writeCredential(credential));
    } catch {
      this.say("failed");
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  async options() {
    const from = this.getAttribute("from") ?? "";
    const block = from.startsWith("#") ? document.querySelector(from) : null;
    const told = block
      ? JSON.parse(block.textContent ?? "{}")
      : await (await fetch(from, { headers: { Accept: "application/json" } })).json();
    const options = readOptions((told.creation_options ?? told.request_options).publicKey);
    if (options.user) {
      // A passkey of ours always works by itself: kept on the device, opened by its owner.
      options.authenticatorSelection = {
        ...options.authenticatorSelection,
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      };
    }
    return options;
  }

  /** @param {string} credential */
  send(credential) {
    const form = this.closest("form");
    const field = /** @type {HTMLInputElement | null} */ (form?.querySelector("[name=credential]") ?? null);
    if (!form || !field) return;
    field.value = credential;
    form.requestSubmit();
  }

  /** @param {string} what */
  say(what) {
    for (const line of this.querySelectorAll("[data-says]")) {
      /** @type {HTMLElement} */ (line).hidden = line.getAttribute("data-says") !== what;
    }
  }
}

customElements.define("passkey-door", PasskeyDoor);
