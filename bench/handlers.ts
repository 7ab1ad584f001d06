/**
 * Measures the time that our code adds to its DynamoDB requests. Calls each operation through its handler, and then sends
 * the same requests with the bare SDK. Both take turns, so that a noisy machine disturbs both alike. Prints medians.
 */
import { rowOf } from "../lib/operations.ts";
import { documents } from "../lib/table/client.ts";
import { descriptions } from "../openapi/descriptions.ts";
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
// Loaded now, because the inbox in it opens on the engine that has just started.
const { readyCall, requestsOf } = await import("../test/kit/examples.ts");
const { closeInbox } = await import("../test/kit/outside.ts");

// Requests that may be repeated. Those with a password are left out: its hash takes longer than all the rest.
const measured = descriptions
  .filter(({ id, repeatable }) => rowOf(id).family === "practices" && rowOf(id).table !== "none" && repeatable === true)
  .flatMap((description) => requestsOf(description).map(([name, { body }]) => ({ id: description.id, name, body })))
  .filter(({ body }) => !JSON.stringify(body).includes("loginPassword"));
const outside = documents as unknown as { send: Send };
const send = outside.send.bind(documents);
console.log(`${"request".padEnd(42)} handler ms    bare ms   added ms      ratio`);
for (const { id, name } of measured) {
  const { body } = await readyCall(id, name);
  const handle = await system.call(id, body as object);
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
  console.log(`${id}: ${name}`.padEnd(42), ...columns);
}
await closeInbox();
