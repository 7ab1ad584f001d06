/**
 * How many portals this process has opened. Messages to one recipient are limited over all portals, and many portals of the
 * tests have holders with the same number: so the kit forgets what was sent when the messages of another portal follow.
 */
let portals = 0;

export const portalsOpened = (): number => portals;

/** Notes that a portal is opened. */
export function countPortal(): void {
  portals += 1;
}
