// @ts-check
/** Sound for the device check: how loud the microphone is, and a bell to listen for. */

const LOUD_ENOUGH = 0.015;

/**
 * Watch how loud a microphone is.
 * @param {MediaStreamTrack} track
 * @param {(level: number, isHeard: boolean) => void} tell level 0 to 1, about ten times a second
 * @returns {() => void} stops watching
 */
export function watchLevel(track, tell) {
  const sound = new AudioContext();
  const ear = sound.createAnalyser();
  ear.fftSize = 1024;
  sound.createMediaStreamSource(new MediaStream([track])).connect(ear);
  sound.resume().catch(() => {});
  const wave = new Float32Array(ear.fftSize);
  const timer = setInterval(() => {
    ear.getFloatTimeDomainData(wave);
    const power = Math.sqrt(wave.reduce((sum, at) => sum + at * at, 0) / wave.length);
    tell(Math.min(1, power * 8), power > LOUD_ENOUGH);
  }, 100);
  return () => {
    clearInterval(timer);
    sound.close().catch(() => {});
  };
}

/** Ring a soft bell of two notes. @returns {Promise<void>} when it has rung */
export async function ringBell() {
  const sound = new AudioContext();
  await sound.resume();
  const start = sound.currentTime;
  for (const [note, at] of [[659.25, 0], [880, 0.28]]) {
    const [tone, swell] = [sound.createOscillator(), sound.createGain()];
    tone.frequency.value = note;
    swell.gain.setValueAtTime(0, start + at);
    swell.gain.linearRampToValueAtTime(0.35, start + at + 0.02);
    swell.gain.exponentialRampToValueAtTime(0.001, start + at + 1.1);
    tone.connect(swell).connect(sound.destination);
    tone.start(start + at);
    tone.stop(start + at + 1.15);
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await sound.close();
}
