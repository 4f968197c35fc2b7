// @ts-check
/**
 * Leaves the offline page as soon as Bedside can be reached: the page that was asked for is asked for again, more
 * and more rarely if that leads back here.
 *
 *   <script src="…/ui/classic/come-back.js" data-pulse="/healthz" data-self="/offline/" defer></script>
 */
(() => {
  const FIRST_WAIT_MS = 3000;
  const LONGEST_WAIT_MS = 60_000;
  const FORGOTTEN_AFTER_MS = 180_000;
  const ANSWER_WITHIN_MS = 4000;
  const KEY = "bedside-come-back";
  const { pulse = "/", self = "" } = document.currentScript?.dataset ?? {};
  if (location.pathname === self) return;

  const last = { at: 0, wait: 0 };
  try {
    Object.assign(last, JSON.parse(sessionStorage.getItem(KEY) ?? "{}"));
  } catch {
    last.wait = LONGEST_WAIT_MS; // nothing can be remembered here: go slowly
  }
  const isLately = Date.now() - last.at < FORGOTTEN_AFTER_MS;
  const wait = isLately || !last.at ? Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, last.wait * 2)) : FIRST_WAIT_MS;

  async function look() {
    const answer = await fetch(pulse, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }).catch(() => null);
    if (!answer?.ok) return;
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), wait }));
    } catch {
      // Then the wait is the longest from the start.
    }
    location.reload();
  }

  addEventListener("online", look);
  setInterval(look, wait);
})();
