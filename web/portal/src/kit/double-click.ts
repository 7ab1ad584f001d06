/** How many clicks in a row the current one makes, as the system counts them; 0 for the keyboard. */
let clicks = 0;
const capture = { capture: true };
document.addEventListener(
  "mousedown",
  ({ detail }) => {
    clicks = detail;
  },
  capture,
);
document.addEventListener(
  "keydown",
  () => {
    clicks = 0;
  },
  capture,
);

/**
 * Whether what is being done comes from the second click of a double click. It is none of its own: what the first one began
 * may be over by then, and would be done twice.
 */
export const isSecondClick = (): boolean => clicks > 1;
