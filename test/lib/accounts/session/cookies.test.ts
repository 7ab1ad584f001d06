import { expect, it } from "vitest";
import { cookiesOf } from "../../../../lib/accounts/session/session.ts";

const times = <T>(count: number, make: (place: number) => T) =>
  Array.from({ length: count }, (_, place) => make(place));
const id = (place: number, length: number) => String(place).padStart(length, "x");

it("of the sessions that a browser presents, four count, however many cookies a stranger adds", () => {
  const { sessionIds } = cookiesOf(times(10, (place) => `md.sid=${id(place, 43)}`));
  expect(sessionIds).toEqual(times(4, (place) => id(place, 43)));
});

it("of the devices that a browser presents, the last eight count", () => {
  const { deviceNames } = cookiesOf([`md.fingerprint=${times(12, (place) => id(place, 32)).join(".")}`]);
  expect(deviceNames).toEqual(times(8, (place) => id(place + 4, 32)));
});
