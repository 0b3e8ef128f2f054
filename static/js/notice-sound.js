// A short sound, made here out of two tones. A browser plays it only on a page that was used before; then it is ready.

import { maySound } from "./notice-choice.js";

const REST = 3000; // ms between two sounds, at least
const TONES = [[880, 0], [1174.7, 0.09]]; // Hz, and s after the start
const LENGTH = 0.22; // s
const LOUDNESS = 0.12;

let context = null;
let playedAt = -REST;

function ready() {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}

for (const name of ["pointerdown", "keydown"]) addEventListener(name, ready, { once: true, capture: true, passive: true });

function tone([pitch, after]) {
  const [oscillator, volume] = [context.createOscillator(), context.createGain()];
  const start = context.currentTime + after;
  oscillator.frequency.value = pitch;
  volume.gain.setValueAtTime(LOUDNESS, start);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + LENGTH);
}

export function play() {
  ready();
  TONES.forEach(tone);
}

export function playForNews() {
  if (!maySound() || context?.state !== "running" || performance.now() - playedAt < REST) return;
  playedAt = performance.now();
  TONES.forEach(tone);
}
