import { beforeAll, expect, test } from "vitest";
import { type Action, accessOf, type Partition, type TableAccess, workerAccess } from "../../lib/access.ts";
import { type Operation, type OperationId, operations } from "../../lib/operations.ts";
import type { Change, Described } from "../../openapi/describe.ts";
import { descriptionOf, isDescribed } from "../../openapi/descriptions.ts";
import { handlerOf } from "../../openapi/handlers.ts";
import { busy, failuresOf, unforeseen } from "../../openapi/stack-failures.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { connect } from "../functions/accounts/connections.ts";
import {
  beginUpload,
  createdEvent,
  putUpload,
  quarters,
  startBucket,
  waitingAccount,
} from "../functions/workers/uploads.ts";
import {
  byIndividual,
  callsOf,
  firstExample,
  readyCall,
  sendExample,
  takesIndividuals,
  worldOf,
} from "../kit/examples.ts";
import { sentMessages } from "../kit/outside.ts";
import { openPortal } from "../kit/portal.ts";
import { send, type TableRequest, watchTable } from "../kit/system.ts";
import { makeWorld, type World } from "../kit/worlds.ts";

/** The table requests that each function was seen to make, whether its caller was accepted or refused. */
const seen = new Map<string, Map<Action, Set<Partition>>>();

/** Makes a call of an operation, and records the table requests that it causes. */
async function by<T>(id: OperationId | keyof typeof workerAccess, work: () => Promise<T>): Promise<T> {
  const { answer, requests } = await watchTable(work);
  const actions = seen.get(id) ?? new Map<Action, Set<Partition>>();
  seen.set(id, actions);
  for (const [action, key] of requests.flatMap(accessIn)) {
    const [kind, , rest] = key.split("#");
    const partition = (action === "QueryIndex" ? `${kind}…${rest}` : kind) as Partition;
    actions.set(action, (actions.get(action) ?? new Set()).add(partition));
  }
  return answer;
}

/** The IAM actions of a request, each with its partition key. */
function accessIn({ command, input }: TableRequest): [Action, string][] {
  if (command === "BatchGetItem") {
    const [{ Keys }] = Object.values(input.RequestItems) as [{ Keys: { pk: string }[] }];
    return Keys.map(({ pk }) => ["BatchGetItem", pk]);
  }
  if (command === "Query") {
    return [[input.IndexName ? "QueryIndex" : "Query", input.ExpressionAttributeValues[":pk"]]];
  }
  if (command === "TransactWriteItems") {
    return (input.TransactItems as Record<string, { Item?: { pk: string }; Key?: { pk: string } }>[]).map((item) => {
      const [[kind, { Item, Key }]] = Object.entries(item) as [
        [string, { Item?: { pk: string }; Key?: { pk: string } }],
      ];
      return [`${kind}Item` as Action, (Item ?? Key)?.pk ?? ""];
    });
  }
  return [[command as Action, input.Item?.pk ?? input.Key?.pk]];
}

const shared = new Map<string, Promise<World>>();

/**
 * A world for requests that leave no trace, because they read or fail. One serves all operations; at portals one for each,
 * because every operation must be seen to record the use of a session.
 */
function sharedWorld(kind: WorldName, { id, family }: Operation): Promise<World> {
  const name = family === "accounts" ? `${kind} ${id}` : kind;
  const world = shared.get(name) ?? makeWorld(kind);
  shared.set(name, world);
  return world;
}

/** Each request of a world comes two minutes after the last one, because the use of a session is recorded once a minute. */
const sent = new WeakMap<World, number>();
function later(world: World): Change {
  const minutesLater = (sent.get(world) ?? 0) + 2;
  sent.set(world, minutesLater);
  return world.now ? {} : { minutesLater };
}

/** Sends all calls of an operation that succeed. Individuals send them as well, with right and wrong logins. */
async function watchSuccesses(row: Operation, { id, ...description }: Described): Promise<void> {
  // An operation that writes may consume its records.
  const worldFor = (kind: WorldName) => (row.table === "write" ? makeWorld(kind) : sharedWorld(kind, row));
  for (const name of callsOf({ id, ...description })) {
    const { world, send } = await readyCall(id, name, worldFor(worldOf(id, name)));
    await by(id, () => send(later(world)));
    if (!takesIndividuals(row)) continue;
    const other = await readyCall(id, name, worldFor(worldOf(id, name)));
    const login = await other.world.administrator();
    for (const wrong of [{ loginPassword: "Wrong1234" }, { loginId: "nobody" }, {}]) {
      await by(id, () => other.send(byIndividual(row, { ...login, ...wrong })));
    }
  }
}

/** Sends the first example three times at once: those that meet a conflict try again. */
async function watchConflicts({ id }: Described): Promise<void> {
  const { send } = await readyCall(id);
  await by(id, () => Promise.all([send(), send(), send()]));
}

/** Makes an operation fail in each documented way. */
async function watchFailures(row: Operation, description: Described): Promise<void> {
  const { id } = description;
  const first = firstExample(description);
  for (const [name, failure] of Object.entries(failuresOf(row, await handlerOf(row), description))) {
    // These two happen while the table is broken.
    if (name === unforeseen || name === busy) continue;
    const kind = failure.given ?? first.given;
    // A session ends when its time is over.
    const world = await (failure.minutesLater ? makeWorld(kind) : sharedWorld(kind, row));
    await by(id, () => sendExample(id, first, world, { ...later(world), ...failure }));
  }
  const world = await sharedWorld(first.given, row);
  await by(id, () => sendExample(id, first, world, { ...later(world), ...withoutCredentials }));
}

const withoutCredentials: Change = {
  body: { auth: undefined },
  headers: { authorization: undefined, "medable-client-key": undefined, cookie: undefined },
};

/** Requests that are no example of a success, and no documented failure of their own. */
async function watchOthers(): Promise<void> {
  const login = await readyCall("AccountLogin");
  await by("AccountLogin", () => login.send({ body: { email: "nobody@example.org" } }));
  await by("AccountPreflight", () => send("OPTIONS", "/nobody/v2/accounts"));
  await by("Unmatched", () => send("GET", "/nothing/here"));
  const connection = await readyCall("ConnectionCreate");
  const targets = ["one", "other"].map((name) => ({ email: `${name}@example.org`, access: 2 }));
  await by("ConnectionCreate", () => connection.send({ body: { targets } }));
  await by("SendMessages", () => sentMessages());
  await watchWritesByConnection();
  await watchPictures();
}

/** Sends every write of an account by somebody who is connected to it: such a write has a condition more. */
async function watchWritesByConnection(): Promise<void> {
  const portal = await openPortal();
  const [context, person] = [await portal.register(), await portal.register()];
  await connect(context, person, 6);
  const ofAccount = "/{org}/v2/accounts/{id}";
  for (const { id, method, paths, table } of operations as readonly Operation[]) {
    const path = paths.find((each) => each.startsWith(ofAccount) && !each.endsWith("/"));
    if (!path || table !== "write" || !isDescribed(id)) continue;
    const { body } = firstExample(descriptionOf(id));
    await by(id, () => person.send(method, path.replace(ofAccount, `accounts/${context.id}`), { body }));
  }
}

/** Makes pictures from uploads that can be used, that cannot, and that nobody waits for; and deletes files. */
async function watchPictures(): Promise<void> {
  const bucket = await startBucket();
  const { handler: makePicture } = await import("../../functions/workers/process-image.ts");
  const { handler: deleteFiles } = await import("../../functions/workers/delete-files.ts");
  try {
    for (const file of [await quarters().jpeg().toBuffer(), Buffer.from("text")]) {
      const { uploadId } = await waitingAccount();
      putUpload(uploadId, file);
      for (let time = 0; time < 2; time++) await by("ProcessImage", () => makePicture(createdEvent(uploadId)));
    }
    const account = await waitingAccount();
    await beginUpload(account);
    await by("ProcessImage", () => makePicture(createdEvent(account.uploadId)));
    const NewImage = { type: { S: "filesToDelete" }, objects: { L: [{ S: "uploads/none" }] } };
    await by("DeleteFiles", () => deleteFiles({ Records: [{ eventName: "INSERT", dynamodb: { NewImage } }] }));
  } finally {
    await bucket.stop();
  }
}

beforeAll(async () => {
  for (const row of operations) {
    if (!isDescribed(row.id)) continue;
    const description = descriptionOf(row.id);
    await watchSuccesses(row, description);
    await watchFailures(row, description);
    if (row.table === "write") await watchConflicts(description);
  }
  await watchOthers();
}, 120_000);

const sorted = (access: Iterable<readonly [string, Iterable<string>]>) =>
  Object.fromEntries([...access].map(([action, partitions]) => [action, [...partitions].sort()]));
const declared = (access: TableAccess) => sorted(Object.entries(access));

test.each(operations as readonly Operation[])(
  "$id may make exactly the table requests that it was seen to make (lib/access.ts)",
  (row) => {
    expect(sorted(seen.get(row.id) ?? [])).toEqual(declared(accessOf(row)));
  },
);

test.each(["SendMessages", "ProcessImage", "DeleteFiles"] as const)(
  "the worker %s may make exactly the table requests that it was seen to make",
  (id) => {
    expect(sorted(seen.get(id) ?? [])).toEqual(declared(workerAccess[id]));
  },
);

test("the registry's table field agrees with the access in lib/access.ts", () => {
  for (const row of operations as readonly Operation[]) {
    const access = accessOf(row);
    // UpdateItem alone is not a write: it records a session's use, or a try.
    const writes = access.PutItem !== undefined;
    expect([row.id, row.table]).toEqual([row.id, writes ? "write" : access.BatchGetItem ? "read" : "none"]);
  }
});
