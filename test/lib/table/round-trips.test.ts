import { expect, it, vi } from "vitest";
import { logger } from "../../../lib/api/log.ts";
import { readItems } from "../../../lib/table/read.ts";
import type { Key } from "../../../lib/table/records.ts";
import { countRoundTrips, roundTrips } from "../../../lib/table/round-trips.ts";
import { engineError, hangUp, throughProxy } from "../../kit/proxy.ts";
import { call, makePractice } from "../../kit/system.ts";

const key = (place: number): Key => ({ pk: `nothing ${place}`, sk: "there" });
const keys = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, place) => [`key ${place}`, key(place)]));

it("sequential requests are one round trip each", async () => {
  countRoundTrips();
  for (const place of [1, 2, 3]) await readItems({ item: key(place) });
  expect(roundTrips()).toBe(3);
});

it("parallel requests are one round trip", async () => {
  countRoundTrips();
  await readItems(keys(250));
  expect(roundTrips()).toBe(1);
  await Promise.all([readItems({ item: key(1) }), readItems({ item: key(2) })]);
  expect(roundTrips()).toBe(2);
});

it("a request that the SDK repeats counts each time it is sent, for every kind of failure", async () => {
  let tries = 0;
  countRoundTrips();
  await throughProxy(
    async (request) => {
      tries += 1;
      if (tries === 1) return hangUp;
      return tries === 2 ? engineError("InternalServerError", {}, 500) : request.forward();
    },
    () => readItems({ item: key(1) }),
  );
  expect(roundTrips()).toBe(3);
});

it("a call logs only its own, even when other calls run at the same time", async () => {
  const auth = await makePractice();
  const logged = vi.spyOn(logger, "info");
  let isFirst = true;
  const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await throughProxy(
    async (request) => {
      if (isFirst) {
        isFirst = false;
        arrived.resolve();
        await released.promise;
      }
      return request.forward();
    },
    async () => {
      const held = call("PracticeGet", { auth });
      await arrived.promise;
      await call("UserList", { auth });
      await call("PracticeSave", { auth, name: "Lakeside" });
      released.resolve();
      await held;
    },
  );
  expect(logged.mock.calls.map(([, line]) => line)).toMatchObject([
    { operation: "UserList", roundTrips: 1 },
    { operation: "PracticeSave", roundTrips: 2 },
    { operation: "PracticeGet", roundTrips: 1 },
  ]);
});
