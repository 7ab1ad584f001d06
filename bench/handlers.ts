/**
 * What our code adds to the calls that it makes: each operation through its handler, and the same calls to DynamoDB made
 * bare, in one run, taking turns, so that a noisy machine disturbs both alike. Prints medians.
 */
import { startDynoxide } from "../local/dynoxide.ts";

const engine = await startDynoxide();
Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  TABLE_NAME: "frontdesk",
  DIRECT_DOMAIN: "direct.example.com",
  PORTAL_URL: "https://{org}.portal.example.com",
  SEAL_SECRET: "a secret for measurements, of no worth",
  POWERTOOLS_LOG_LEVEL: "SILENT",
});

const rounds = 300;
const warmUp = 50;

interface Command {
  readonly input: Record<string, unknown>;
}
type Send = (command: Command) => Promise<unknown>;

const median = (values: number[]) => values.sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** The same call once more: as it was, but for what keeps it from being carried out twice. */
function again(command: Command): Command {
  const input = structuredClone(command.input);
  for (const { Put } of (input.TransactItems ?? []) as { Put?: Record<string, unknown> }[]) {
    delete Put?.ConditionExpression;
    delete Put?.ExpressionAttributeValues;
  }
  delete input.ClientRequestToken;
  return new (command.constructor as new (input: object) => Command)(input);
}

try {
  const { documents } = await import("../lib/table/client.ts");
  const { createTable } = await import("../lib/table/create.ts");
  const { newVendor, writeVendor } = await import("../lib/practices/vendor.ts");
  const { write } = await import("../lib/table/transact.ts");
  const { routeOf } = await import("../lib/api/routes.ts");
  const { toEvent } = await import("../local/event.ts");
  const { registryHandler } = await import("../local/gateway.ts");

  await createTable();
  const bench = newVendor("bench", "Bench", "bench-secret", new Date());
  const occasion = { now: new Date(), requestId: "bench" };
  await write(writeVendor(undefined, bench, "vendor.created", { actor: { kind: "operator" }, occasion }).parts);
  const auth = { applicationId: "bench", applicationPassword: "bench-secret", accountId: "p-1", userId: "u-1" };

  const call = async (id: string, fields: object) => {
    const route = routeOf("POST", `/api/io/${id}`);
    const handler = await registryHandler(route.row);
    const body = Buffer.from(JSON.stringify({ auth, ...fields }));
    return () => {
      const headers = { "content-type": "application/json" };
      const request = {
        method: "POST",
        target: `/api/io/${id}`,
        headers,
        body,
        sourceIp: "127.0.0.1",
        now: new Date(),
      };
      return handler(toEvent(request, route), {});
    };
  };
  await (await call("PracticeCreate", { accountId: "p-1", name: "Riverside Clinic" }))();
  await (await call("UserCreate", { userId: "u-1", firstName: "Ada", lastName: "Mills" }))();

  const measured: [string, object][] = [
    ["PingWithAuth", {}],
    ["PracticeGet", { accountId: "p-1" }],
    ["PracticeList", {}],
    ["UserGet", { userId: "u-1" }],
    ["PracticeSave", { accountId: "p-1", name: "Riverside Clinic", city: "Springfield" }],
    ["UserSave", { userId: "u-1", firstName: "Ada", lastName: "Mills" }],
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
} finally {
  await engine.stop();
}
