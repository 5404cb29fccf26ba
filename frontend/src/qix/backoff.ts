// How long to wait before the next attempt to connect.

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Doubles from half a second to a quarter of a minute; a share of it at random, so that a server which
 * comes back is not met by everyone at once. `attempt` counts from 0, `chance` is within 0..1. */
export function waitBefore(attempt: number, chance: number = Math.random()): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
  return Math.round(whole * (0.7 + 0.3 * chance));
}
