/**
 * Most test files run while the time of calls passes slowly, because a call gives up after eight seconds, and fifty calls at
 * once may take longer than that on a busy machine. Only `performance.now` is slow: deadlines are measured with it.
 */

const timesSlower = 6;

const realNow = performance.now.bind(performance);
let [slowSince, shownThen, divisor] = [0, 0, 1];

const now = () => shownThen + (realNow() - slowSince) / divisor;

function setPace(to: number): void {
  [slowSince, shownThen, divisor] = [realNow(), now(), to];
}

/** Lets the time of calls pass slowly from now on. test/kit/setup.ts calls it before each test file of `npm test`. */
export function slowClock(): void {
  setPace(timesSlower);
  performance.now = now;
}

/** For test files about deadlines: below their imports. Lets the time of calls pass as it does. */
export const realClock = (): void => setPace(1);
