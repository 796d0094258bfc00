// duration.js - how long something has taken, as clocks show it.

const two = (value) => String(value).padStart(2, '0');

/** "0:07", "12:34", "1:02:03" of milliseconds. */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
