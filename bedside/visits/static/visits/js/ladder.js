// @ts-check
/**
 * The ladder: how much picture a link can carry. Pure: figures and a place on the ladder in, a place out.
 *
 * Down at once when loss, delay or the estimate says so; up one rung after eight good seconds, and from the
 * rung without a picture only by a timed trial, because with no video the estimate cannot grow.
 */

/**
 * Caps per rung. Units: bit/s, frames/s; `scale` divides the camera's width and height.
 * Source: measured on links of 700, 300 and 64 kbit/s; the picture rests below that, the voice goes on.
 */
export const RUNGS = [
  { video: 600_000, framerate: 24, scale: 1, audio: 32_000 },
  { video: 150_000, framerate: 12, scale: 2, audio: 20_000 },
  { video: 0, framerate: 0, scale: 4, audio: 16_000 },
];

export const LOSS_MOST = 0.12;
export const DELAY_MOST_MS = 1200;
export const GOOD_FOR_MS = 8_000;
export const TRIAL_EVERY_MS = 20_000;
export const SHORT_FOR_MS = 3_000;

/** Units: bit/s the estimate must offer to stay on a rung. */
const NEEDS = [150_000, 40_000, 0];

/**
 * @typedef {object} Place
 * @property {number} rung
 * @property {number} since when this rung was taken, in ms
 * @property {number} goodSince since when every tick was good, in ms
 * @property {number} shortSince since when the estimate is too low, in ms; 0 when it is not
 */

/** @param {number} now @returns {Place} */
export function firstPlace(now) {
  return { rung: 0, since: now, goodSince: now, shortSince: 0 };
}

/**
 * Return the next place on the ladder.
 * @param {Place} place
 * @param {Pick<import("visits/figures.js").Figures, "loss" | "rttMs" | "estimate">} figures
 * @param {number} now in ms
 * @returns {Place}
 */
export function nextPlace(place, figures, now) {
  const { rung } = place;
  const last = RUNGS.length - 1;
  const isBad = (figures.loss ?? 0) > LOSS_MOST || (figures.rttMs ?? 0) > DELAY_MOST_MS;
  const isShort = figures.estimate !== null && figures.estimate < NEEDS[rung];
  const shortSince = isShort ? place.shortSince || now : 0;
  if (isBad || (isShort && now - shortSince >= SHORT_FOR_MS)) {
    if (rung === last) return { ...place, goodSince: now, shortSince: 0 };
    return { rung: rung + 1, since: now, goodSince: now, shortSince: 0 };
  }
  const isRested = now - place.goodSince >= GOOD_FOR_MS;
  const mayTry = rung === last ? now - place.since >= TRIAL_EVERY_MS : true;
  if (rung > 0 && isRested && mayTry && !isShort) return { rung: rung - 1, since: now, goodSince: now, shortSince: 0 };
  return { ...place, shortSince };
}
