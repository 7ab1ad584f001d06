import { expect, it } from "vitest";
import { newId } from "../../../lib/crypto/random.ts";
import { uploadKey } from "../../../lib/table/keys.ts";
import { takeLease } from "../../../lib/table/lease.ts";
import { create, write } from "../../../lib/table/transact.ts";
import { type EngineRequest, hangUp, throughProxy } from "../../kit/proxy.ts";

const leaseMs = 60_000;
const now = new Date("2026-05-04T10:00:00Z");
const later = new Date(now.getTime() + leaseMs);

/** An item whose work can be done once. */
async function makeItem() {
  const key = uploadKey(newId(now));
  await write(() => [create(key, { type: "upload", expiresAt: 4_000_000_000 }, "changed")]);
  return key;
}

/** Carries out the first request, and loses its answer. */
function losingFirstAnswer() {
  let requests = 0;
  return async (request: EngineRequest) => {
    const answer = await request.forward();
    requests += 1;
    return requests === 1 ? hangUp : answer;
  };
}

// The worker used to be told that another one had the lease. So a picture was never processed, and a message was late.
it("a worker has the lease when the answer to its request was lost", async () => {
  const key = await makeItem();
  const lease = await throughProxy(losingFirstAnswer(), () => takeLease(key, leaseMs, now));
  expect(lease).toMatchObject({ lost: 0 });
  expect(await takeLease(key, leaseMs, now)).toBe("held");
  if (typeof lease === "string") throw new Error("expected a lease");
  await lease.finish(now);
  expect(await takeLease(key, leaseMs, later)).toBe("done");
});

it("the workers that were lost before are counted then as well", async () => {
  const key = await makeItem();
  await takeLease(key, leaseMs, now);
  expect(await throughProxy(losingFirstAnswer(), () => takeLease(key, leaseMs, later))).toMatchObject({ lost: 1 });
});
