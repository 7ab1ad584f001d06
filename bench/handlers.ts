/**
 * Measures the time that our code adds to its DynamoDB requests. Calls each operation through its handler, and then sends
 * the same requests with the bare SDK. Both take turns, so that a noisy machine disturbs both alike. Prints medians.
 */
import { documents } from "../lib/table/client.ts";
import { median, startSystem } from "./system.ts";

const rounds = 300;
const warmUp = 50;

interface Command {
  readonly input: Record<string, unknown>;
}
type Send = (command: Command) => Promise<unknown>;

/** The same request, without the parts that prevent it from being carried out twice. */
function again(command: Command): Command {
  const input = structuredClone(command.input);
  for (const { Put } of (input.TransactItems ?? []) as { Put?: Record<string, unknown> }[]) {
    delete Put?.ConditionExpression;
    delete Put?.ExpressionAttributeValues;
  }
  delete input.ClientRequestToken;
  return new (command.constructor as new (input: object) => Command)(input);
}

await using system = await startSystem();

const practice = { accountId: "p-1", name: "Riverside Clinic" };
const user = { userId: "u-1", firstName: "Ada", lastName: "Mills" };
const auth = { ...(await system.vendor("bench")), accountId: practice.accountId, userId: user.userId };
const call = (id: string, fields: object) => system.call(id, { auth, ...fields });
await (await call("PracticeCreate", practice))();
await (await call("UserCreate", user))();

const measured: [string, object][] = [
  ["PingWithAuth", {}],
  ["PracticeGet", { accountId: "p-1" }],
  ["PracticeList", {}],
  ["UserGet", { userId: "u-1" }],
  ["PracticeSave", { ...practice, city: "Springfield" }],
  ["UserSave", user],
];
const outside = documents as unknown as { send: Send };
const send = outside.send.bind(documents);
console.log("operation        handler ms   bare ms   added ms   ratio");
for (const [id, fields] of measured) {
  const handle = await call(id, fields);
  const times = { handler: [] as number[], bare: [] as number[] };
  for (let round = 0; round < rounds + warmUp; round++) {
    const sent: Command[] = [];
    outside.send = (command) => {
      sent.push(command);
      return send(command);
    };
    let begun = performance.now();
    await handle();
    const handler = performance.now() - begun;
    outside.send = send;
    const bareCalls = sent.map(again);
    begun = performance.now();
    for (const command of bareCalls) await send(command);
    const bare = performance.now() - begun;
    if (round < warmUp) continue;
    times.handler.push(handler);
    times.bare.push(bare);
  }
  const [handler, bare] = [median(times.handler), median(times.bare)];
  const columns = [handler, bare, handler - bare, handler / bare].map((value) => value.toFixed(2).padStart(10));
  console.log(id.padEnd(14), ...columns);
}
