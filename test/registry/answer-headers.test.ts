import { describe, expect, it } from "vitest";
import { descriptions } from "../../openapi/descriptions.ts";
import { documentedRow, readyCallInSharedWorld, requestsOf } from "../kit/examples.ts";
import { engineError, throughProxy } from "../kit/proxy.ts";
import { allOperations, isSuccess, type Response, send } from "../kit/system.ts";

const kept = {
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

/** The only answers that may be stored: they are public, and the same for everybody. */
const storable: Readonly<Record<string, string>> = { PortalGet: "public, max-age=60" };

/**
 * Asserts that an answer has the id of its request, HSTS and nosniff, and must not be stored.
 * @param id of the operation, if its success may be stored
 */
function expectKept({ headers, requestId }: Response, id = ""): void {
  expect(headers).toMatchObject({ ...kept, "cache-control": storable[id] ?? kept["cache-control"] });
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
}

it("every operation is described, except those that serve pages and answer unknown paths", () => {
  const described = descriptions.map(({ id }) => id);
  expect(allOperations.map(({ id }) => id).filter((id) => !(described as string[]).includes(id))).toEqual([
    "PortalPage",
    "Unmatched",
  ]);
});

describe.each(descriptions)("$id", (description) => {
  const { id } = description;
  it.each(requestsOf(description).map(([name]) => name))(
    "has the headers in its internal failure and in its success: %s",
    async (name) => {
      const ready = await readyCallInSharedWorld(id, name);
      // The engine refuses every request, so the failure leaves the world as it was.
      const broken = async () => engineError("AccessDeniedException");
      const failed = await throughProxy(broken, () => ready.send());
      expect(isSuccess(failed)).toBe(documentedRow(id).table === "none");
      expectKept(failed);
      expectKept(await ready.send(), id);
    },
  );
});

it.each([
  ["POST", "/api/io/Ping", "{"],
  ["GET", "/api/io/Ping", undefined],
  ["POST", "/therapist/organizations/", "{"],
  ["DELETE", "/therapist/organizations/", undefined],
  ["POST", "/nobody/v2/accounts/login", "{"],
  ["GET", "/nobody/v2/nothing", undefined],
  ["GET", "/", undefined],
])("refusals before the body or the caller is known have the headers, too: %s %s", async (method, path, body) => {
  expectKept(await send(method, path, { body }));
});
