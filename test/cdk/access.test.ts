import { beforeAll, expect, test } from "vitest";
import {
  type Action,
  accessOf,
  ownAccessOf,
  type Partition,
  type TableAccess,
  workerAccess,
} from "../../lib/access.ts";
import { type Operation, type OperationId, operations, takesKeys } from "../../lib/operations.ts";
import { put, write } from "../../lib/table/transact.ts";
import type { Change, Described } from "../../openapi/describe.ts";
import { descriptionOf, isDescribed } from "../../openapi/descriptions.ts";
import { handlerOf } from "../../openapi/handlers.ts";
import { failuresOf, uncaused } from "../../openapi/stack-failures.ts";
import { connect } from "../functions/accounts/connections.ts";
import { makeEverything } from "../functions/workers/everything.ts";
import {
  beginUpload,
  createdEvent,
  putUpload,
  quarters,
  startBucket,
  waitingAccount,
} from "../functions/workers/uploads.ts";
import { crowdedPractice } from "../kit/crowded-practice.ts";
import { erasureRecords } from "../kit/erasures.ts";
import {
  byIndividual,
  callsOf,
  firstExample,
  readyCall,
  readyCallInSharedWorld,
  sendExample,
  takesIndividuals,
  worldOf,
} from "../kit/examples.ts";
import { sentMessages } from "../kit/outside.ts";
import { openPortal } from "../kit/portal.ts";
import { type EngineRequest, engineError, throughProxy } from "../kit/proxy.ts";
import { type SharedWorld, sharedWorld } from "../kit/shared-worlds.ts";
import { call, expectOk, makePractice, send, type TableRequest, watchTable } from "../kit/system.ts";
import type { Login, World } from "../kit/worlds.ts";

/** The table requests that each function was seen to make, whether its caller was accepted or refused. */
const seen = new Map<string, Map<Action, Set<Partition>>>();

/** Makes a call of an operation, and records the table requests that it causes. */
async function by<T>(id: OperationId | keyof typeof workerAccess, work: () => Promise<T>): Promise<T> {
  const { answer, requests } = await watchTable(work);
  const actions = seen.get(id) ?? new Map<Action, Set<Partition>>();
  seen.set(id, actions);
  for (const [action, key] of requests.flatMap(accessIn)) {
    const [kind, , rest] = key.split("#");
    const partition = (action === "QueryIndex" && rest ? `${kind}…${rest}` : kind) as Partition;
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
  const isRehash = command === "UpdateItem" && input.UpdateExpression === "SET passwordHash = :hash, version = :next";
  return [[isRehash ? "UpdatePasswordHash" : (command as Action), input.Item?.pk ?? input.Key?.pk]];
}

// Every operation must be seen to record the use of a session, which happens once a minute.
const newSessions = true;
const later = ({ now }: World): Change => (now ? {} : { minutesLater: 2 });

/** Sends all calls of an operation that succeed. Individuals send them as well. */
async function watchSuccesses(row: Operation, description: Described): Promise<void> {
  const { id } = description;
  for (const [place, name] of callsOf(description).entries()) {
    const { world } = await sharedWorld(worldOf(id, name), { newSessions });
    const { send } = await readyCallInSharedWorld(id, name, { newSessions });
    await by(id, () => send(later(world)));
    if (takesIndividuals(row)) await watchIndividual(row, id, name, place === 0);
  }
}

/** The login of an individual in each world that calls of individuals share. */
const logins = new Map<SharedWorld, Login>();

/** Sends a call as an individual, the first one of an operation also with wrong logins: these are refused before the call is read. */
async function watchIndividual(row: Operation, id: OperationId, name: string, isFirst: boolean): Promise<void> {
  const sharing = { use: "individuals" };
  const shared = await sharedWorld(worldOf(id, name), sharing);
  const { send, request, world } = await readyCallInSharedWorld(id, name, sharing);
  const login = logins.get(shared) ?? (await shared.world.administrator({ isImported: true }));
  logins.set(shared, login);
  await by(id, () => send(byIndividual(row, login)));
  if (!isFirst) return;
  for (const wrong of [{ loginPassword: "Wrong1234" }, { loginId: "nobody" }]) {
    await by(id, () => send(byIndividual(row, { ...login, ...wrong })));
  }
  const lock = byIndividual(row, { ...login, loginId: `locked-${id}`, loginPassword: "Wrong1234" });
  const lockOut = async () => {
    for (let time = 0; time < 5; time++) await sendExample(id, request, world, lock);
  };
  await by(id, () => shared.run(lockOut));
}

/** Sends the first example three times at once: those that meet a conflict try again. */
async function watchConflicts(description: Described): Promise<void> {
  const { id } = description;
  const first = firstExample(description);
  const { world, run } = await sharedWorld(first.given, { newSessions });
  const send = () => sendExample(id, first, world, later(world));
  await by(id, () => run(() => Promise.all([send(), send(), send()])));
}

/** Sends a request with an idempotency key that is claimed at the second try, and whose write is not carried out. */
async function watchKey({ id }: Described): Promise<void> {
  const { send } = await readyCallInSharedWorld(id, undefined, { newSessions });
  let claims = 0;
  const treat = async (request: EngineRequest) => {
    if (request.operation === "PutItem" && claims++ === 0) return engineError("ConditionalCheckFailedException");
    return request.operation === "TransactWriteItems" ? engineError("ValidationException") : request.forward();
  };
  const headers = { "idempotency-key": "one key" };
  await by(id, () => throughProxy(treat, () => send({ headers })));
}

/** Makes an operation fail in each documented way. */
async function watchFailures(row: Operation, description: Described): Promise<void> {
  const { id } = description;
  const first = firstExample(description);
  for (const [name, failure] of Object.entries(failuresOf(row, await handlerOf(row), description))) {
    // These two happen while the table is broken.
    if (uncaused.has(name)) continue;
    const { world, run } = await sharedWorld(failure.given ?? first.given, { newSessions });
    await by(id, () => run(() => sendExample(id, first, world, { ...later(world), ...failure })));
  }
  const { world, run } = await sharedWorld(first.given, { newSessions });
  await by(id, () => run(() => sendExample(id, first, world, { ...later(world), ...withoutCredentials })));
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
  await by("PortalPage", () => send("GET", "/riverside/verify"));
  await by("Unmatched", () => send("POST", "/nothing/here"));
  const connection = await readyCall("ConnectionCreate");
  const targets = ["one", "other"].map((name) => ({ email: `${name}@example.org`, access: 2 }));
  await by("ConnectionCreate", () => connection.send({ body: { targets } }));
  // One number gets only a few text messages an hour, so this one goes to another number than those of the worlds.
  const guarded = await openPortal({ twoFactor: true });
  const { email, password } = await guarded.register({ mobile: "+16505550199" });
  await guarded.visitor().post("accounts/login", { email, password });
  await by("SendMessages", () => sentMessages());
  await watchWritesByConnection();
  await watchPictures();
  await watchErasures();
  await watchManyMails();
}

/** Has a verification mailed so often that the oldest of its tokens is deleted. */
async function watchManyMails(): Promise<void> {
  const portal = await openPortal({ sessionIdleMinutes: 1440, sessionHours: 168 });
  const start = Date.now();
  const person = await portal.register({}, { now: new Date(start) });
  for (let hours = 1; hours <= 22; hours++) {
    const options = { now: new Date(start + hours * 3_600_000) };
    await by("AccountResendVerification", () => person.post("accounts/me/resend-verification", undefined, options));
  }
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
  const { handler: cleanUp } = await import("../../functions/workers/clean-up.ts");
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
    await by("CleanUp", () => cleanUp({ Records: [{ eventName: "INSERT", dynamodb: { NewImage } }] }));
  } finally {
    await bucket.stop();
  }
}

/** Erases accounts that nobody has verified, and what is left of an account that has everything. */
async function watchErasures(): Promise<void> {
  const { handler: cleanUp } = await import("../../functions/workers/clean-up.ts");
  const portal = await openPortal({ unverifiedDays: 1 });
  const { person } = await makeEverything(portal);
  await portal.administrator.delete(`accounts/${person.id}`);
  const Records = await erasureRecords();
  await by("CleanUp", () => cleanUp({ Records }));
  const old = await portal.register({}, { now: new Date(Date.now() - 2 * 86_400_000) });
  await portal.administrator.put(`accounts/${old.id}/image`, { content: "me.jpg" });
  const ofPractice = await deletedPractice();
  await by("CleanUp", () => cleanUp({ Records: ofPractice }));
  await deletedPractice();
  const { handler: eraseOverdue } = await import("../../functions/workers/erase-overdue.ts");
  await by("EraseOverdue", () => eraseOverdue());
}

/** Makes a practice that was deleted two minutes ago, with items of every kind in it. @returns its record in the stream */
async function deletedPractice() {
  const now = new Date(Date.now() - 120_000);
  const practice = await makePractice({ active: false });
  await write(() => crowdedPractice(practice, 1).map(({ pk, sk, ...item }) => put({ pk, sk }, item)));
  await expectOk(call("PracticeDelete", { auth: practice }, { now }));
  return (await erasureRecords()).filter(({ dynamodb }) =>
    String(dynamodb?.Keys?.pk?.S).includes(practice.applicationId),
  );
}

beforeAll(async () => {
  for (const row of operations) {
    if (!isDescribed(row.id)) continue;
    const description = descriptionOf(row.id);
    await watchSuccesses(row, description);
    await watchFailures(row, description);
    if (row.table === "write") await watchConflicts(description);
    if (takesKeys(row)) await watchKey(description);
  }
  await watchOthers();
}, 240_000);

const sorted = (access: Iterable<readonly [string, Iterable<string>]>) =>
  Object.fromEntries([...access].map(([action, partitions]) => [action, [...partitions].sort()]));
const declared = (access: TableAccess) => sorted(Object.entries(access));

test.each(operations as readonly Operation[])(
  "$id may make exactly the table requests that it was seen to make (lib/access.ts)",
  (row) => {
    expect(sorted(seen.get(row.id) ?? [])).toEqual(declared(accessOf(row)));
  },
);

test.each(Object.keys(workerAccess) as (keyof typeof workerAccess)[])(
  "the worker %s may make exactly the table requests that it was seen to make",
  (id) => {
    expect(sorted(seen.get(id) ?? [])).toEqual(declared(workerAccess[id]));
  },
);

test("the registry's table field agrees with the access in lib/access.ts", () => {
  for (const row of operations as readonly Operation[]) {
    const access = accessOf(row);
    // What admitting a caller writes does not count: a session's use, a try, and the event of a lock.
    const writes = ownAccessOf(row.id as OperationId).PutItem !== undefined;
    expect([row.id, row.table]).toEqual([row.id, writes ? "write" : access.BatchGetItem ? "read" : "none"]);
  }
});

test.each(operations.filter(({ table }) => table !== "none").map((row) => [row.id, row] as const))(
  "the role of %s allows what the function reads before its first call",
  (_, row) => {
    expect(accessOf(row).BatchGetItem).toContain("VENDOR");
  },
);
