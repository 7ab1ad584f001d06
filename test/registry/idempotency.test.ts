import { describe, expect, it } from "vitest";
import { type Operation, operations, takesKeys } from "../../lib/operations.ts";
import { readItems } from "../../lib/table/read.ts";
import type { Key } from "../../lib/table/records.ts";
import { descriptionOf } from "../../openapi/descriptions.ts";
import { callsOf, type ReadyCall, readyCall, readyCallInSharedWorld, takesBody, worldOf } from "../kit/examples.ts";
import { sharedWorld } from "../kit/shared-worlds.ts";
import { countsTries, leavesNoTrace, type Response, type TableRequest, watchTable } from "../kit/system.ts";

const writes = (operations as readonly Operation[]).filter(takesKeys);
const calls = writes.flatMap(({ id }) => callsOf(descriptionOf(id)).map((name) => [id, name] as const));

const keyed = (key: string) => ({ headers: { "idempotency-key": key } });

type TwiceReady = ReadyCall & { readonly sendAgain: ReadyCall["send"] };

/** Prepares a call that is sent more than once, in a world in which time stands still and whose writes are undone afterwards. */
async function withReady(
  id: string,
  name: string | undefined,
  work: (ready: TwiceReady) => Promise<void>,
): Promise<void> {
  const { world, madeAt, run } = await sharedWorld(worldOf(id, name), { use: "keys", newSessions: true });
  const made = await readyCall(id, name, Promise.resolve({ ...world, now: world.now ?? madeAt }));
  const { client } = world;
  await run(async () => {
    const [cookies, csrf] = [[...(client?.cookies ?? [])], client?.csrf];
    // As the same client, as it was before the first call.
    const sendAgain: ReadyCall["send"] = (change, options) => {
      if (client) {
        client.cookies.clear();
        for (const [cookie, value] of cookies) client.cookies.set(cookie, value);
        client.csrf = csrf;
      }
      return made.send(change, options);
    };
    await work({ ...made, sendAgain });
  });
}

/** The item of the key that a call has claimed. */
async function keyItem(requests: readonly TableRequest[]): Promise<Record<string, unknown>> {
  const claims = requests.filter(({ command, input }) => command === "PutItem" && input.Item.type === "idempotency");
  expect(claims).toHaveLength(1);
  const [{ pk, sk }] = claims.map(({ input }) => input.Item) as [Key];
  return (await readItems({ item: { pk, sk } })).item as Record<string, unknown>;
}

/** Calls that end the session under which they are made. */
const endsOwnSession = (response: Response) => response.cookies.some((cookie) => /^md\.sid=;/.test(cookie));

/** An answer without the headers that depend on the portal's allowed origins at the moment. */
const told = ({ status, headers, cookies, text }: Response) => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("access-control-"))),
  cookies,
  text,
});

const replayed = { "idempotent-replayed": "true" };

it.each(calls)("%s (%s) is carried out once for a key, and leaves nothing readable", async (id, name) => {
  const plain = await (await readyCallInSharedWorld(id, name)).send();
  await withReady(id, name, (ready) => expectOnce(id, ready, plain));
});

/** @param plain the answer to the same request without a key */
async function expectOnce(id: string, { send, sendAgain, body, world }: TwiceReady, plain: Response): Promise<void> {
  const cookies = [...(world.client?.cookies.values() ?? [])];
  const { answer: first, requests } = await watchTable(() => send(keyed("a key that nobody guesses")));
  expect(shapeOf(first)).toEqual(shapeOf(plain));

  if (id === "AccountReject" && cookies.length > 0) {
    // The session was that of the erased account. Without it, a visitor calls, and their token is used up.
    expect(await sendAgain(keyed("a key that nobody guesses"))).toMatchObject({ json: { code: "kNotFound" } });
  } else {
    const again = await leavesNoTrace(() => sendAgain(keyed("a key that nobody guesses")), countsTries);
    if (endsOwnSession(first)) expect(again).toMatchObject({ status: 403, json: { code: "kNotLoggedIn" } });
    else expect(told(again)).toEqual({ ...told(first), headers: { ...told(first).headers, ...replayed } });
  }

  const { sealed, ...others } = await keyItem(requests);
  const names = ["claimId", "endsAt", "expiresAt", "fingerprint", "leaseUntil", "pk", "sk", "type"];
  expect(Object.keys(others).sort()).toEqual(names);
  const stored = Buffer.from(sealed as Uint8Array).toString("latin1") + JSON.stringify(others);
  const secrets = [...textsIn(body), ...textsIn(first.json), ...first.cookies, ...cookies, "a key that nobody guesses"];
  expect(secrets.filter((text) => text.length > 5 && stored.includes(text))).toEqual([]);
}

/** All texts in a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return value && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

/** What two answers to the same request in two worlds have in common. */
const shapeOf = ({ status, headers, cookies, json }: Response) => ({
  status,
  headers: Object.keys(headers).sort(),
  cookies: cookies.map((cookie) => cookie.replace(/=[^;]*/, "").replace(/Path=\/[^;]+/, "Path")),
  body: shapeIn(json),
});
const shapeIn = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(shapeIn)
    : value && typeof value === "object"
      ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name, shapeIn(part)]))
      : typeof value;

/** Asserts that a key was refused: malformed, or used with another request. */
function expectWrongKey({ family }: Operation, { status, json }: Response, isReused: boolean): void {
  const message = isReused ? "was used with another request" : "must be 1 to 255 printable ASCII characters";
  const errors = [{ field: "Idempotency-Key", message }];
  if (family === "practices") {
    expect([status, json]).toEqual([
      200,
      { successful: false, responseCode: 4060, responseMessage: `Idempotency-Key: ${message}`, errors },
    ]);
  } else if (family === "accounts") {
    expect([status, json]).toMatchObject([
      400,
      { object: "fault", code: "kInvalidArgument", reason: `The Idempotency-Key ${message}` },
    ]);
  } else if (isReused) expect([status, json]).toMatchObject([422, { status: 422, title: "Unprocessable Content" }]);
  else expect([status, json]).toMatchObject([400, { errors: [{ path: "Idempotency-Key", message }] }]);
}

const malformed = ["", "k".repeat(256), "one\tkey", "caf\u00e9", "\u0001"];

describe.each(writes)("$id", (row) => {
  it.each(takesBody(row) ? [row] : [])("refuses a key that was used with another body, and does nothing", async () => {
    await withReady(row.id, undefined, async ({ send, sendAgain, request }) => {
      if (request.body === undefined || Array.isArray(request.body)) return;
      const first = await send(keyed("one key"));
      if (endsOwnSession(first)) return;
      const body = { anotherField: "another" };
      expectWrongKey(row, await leavesNoTrace(() => sendAgain({ ...keyed("one key"), body })), true);
    });
  });
  it("refuses malformed keys, and does nothing", async () => {
    const { send } = await readyCallInSharedWorld(row.id);
    for (const key of malformed) {
      const response = await leavesNoTrace(() => send(keyed(key)), notesUse);
      expectWrongKey(row, response, false);
    }
  });
});

/** Whether a write notes the use of a session. */
const notesUse = ({ input }: TableRequest) => String(input.Key?.pk).startsWith("SESSION#");
