import { globSync, readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { profile } from "../../openapi/samples.ts";
import { expectSuccess, freshEmail, type Holder, openPortal, type TestPortal } from "../kit/portal.ts";
import { call, isSuccess, makePractice, type Response, type TestPractice } from "../kit/system.ts";
import { toTherapist } from "../kit/worlds.ts";

/**
 * Bounds in bytes, tried with characters of three and four bytes: exactly at the bound, and one byte above it. A bound that counts
 * characters would let three or four times as much through.
 */

let portal: TestPortal;
let holder: Holder;
let practice: TestPractice;
beforeAll(async () => {
  portal = await openPortal();
  holder = await portal.register();
  await expectSuccess(portal.administrator.put(`accounts/${holder.id}`, { state: "verified" }));
  practice = await makePractice({ accountId: "bytes" });
});

/** A text of so many bytes, nearly all of them in long characters. */
const textOf = (bytes: number, character = "€"): string => {
  const size = Buffer.byteLength(character);
  return character.repeat(Math.floor(bytes / size)) + "x".repeat(bytes % size);
};

/** A bound: the source that has it, how many bytes it allows, and a call with a text of so many bytes. */
interface Bound {
  readonly what: string;
  readonly bytes: number;
  readonly send: (bytes: number) => Promise<Response>;
}

const frame = Buffer.byteLength(JSON.stringify({ c_x: "" }));
const address = "https://example.org/";
const bounds: readonly Bound[] = [
  {
    what: "the metadata of a practice",
    bytes: 4096,
    send: (bytes) => call("PracticeUpdate", { auth: practice, name: "Practice", metadata: textOf(bytes) }),
  },
  {
    what: "the inviter's own words",
    bytes: 1500,
    send: (bytes) =>
      portal.administrator.post("accounts/invitations", {
        targets: [{ email: freshEmail(), message: textOf(bytes, "😀") }],
      }),
  },
  {
    what: "the custom properties of an account",
    bytes: 64 * 1024,
    send: (bytes) => holder.put("accounts/me", { c_x: textOf(bytes - frame) }),
  },
  {
    what: "the picture in a therapist's profile",
    bytes: 200 * 1024,
    send: (bytes) =>
      toTherapist(practice, "POST", "/therapist/practice-profile", {
        ...profile,
        image: address + textOf(bytes - address.length),
      }),
  },
  {
    what: "the body of a call",
    bytes: 256 * 1024,
    send(bytes) {
      const [head, tail] = [`{"auth":${JSON.stringify(practice)},"ignored":"`, '"}'];
      return call("PingWithAccountAuth", `${head}${textOf(bytes - Buffer.byteLength(head + tail))}${tail}`);
    },
  },
];

it.each(bounds)("$what may have $bytes bytes, and not one more", async ({ bytes, send }) => {
  const [fits, over] = [await send(bytes), await send(bytes + 1)];
  expect(isSuccess(fits), fits.text.slice(0, 500)).toBe(true);
  expect(isSuccess(over), over.text.slice(0, 500)).toBe(false);
  expect(over.status).toBeLessThan(500);
});

it("an account that is not verified may have 32 KiB, whatever its characters", async () => {
  const person = await portal.register();
  const fits = async (bytes: number, character: string) =>
    isSuccess(await person.put("accounts/me", { c_x: textOf(bytes, character) }));
  // How much room the other properties leave.
  let [least, most] = [0, 32 * 1024];
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (await fits(middle, "x")) least = middle;
    else most = middle;
  }
  expect(least).toBeGreaterThan(31 * 1024);
  expect([await fits(least, "€"), await fits(least + 1, "€")]).toEqual([true, false]);
});

it("every bound in bytes of the deployed sources is one of these, or is tried where this list says", () => {
  const found = globSync("{lib,functions}/**/*.ts").filter(
    (file) => !file.endsWith(".examples.ts") && /\bbyteLength\(|\bbytes\.length >/.test(readFileSync(file, "utf8")),
  );
  expect(found.map((file) => file.replaceAll("\\", "/")).sort()).toEqual([
    "lib/accounts/change/steps.ts",
    "lib/accounts/connections/targets.ts",
    // How much a list answers: test/functions/accounts/account-list.test.ts.
    "lib/accounts/list/query.ts",
    "lib/api/body.ts",
    // The length of a queued message: test/lib/messages/outbox.test.ts.
    "lib/messages/outbox.ts",
    "lib/practices/io-fields.ts",
    // How much a list answers: test/lib/table/page.test.ts.
    "lib/table/page.ts",
    "lib/therapists/therapist-fields.ts",
  ]);
});
