import { UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { routeOf } from "../lib/api/routes.ts";
import { documents } from "../lib/table/client.ts";
import { createTable } from "../lib/table/create-table.ts";
import { startDynoxide } from "../local/dynoxide.ts";
import { registryHandler } from "../local/gateway.ts";
import { toEvent } from "../local/gateway-event.ts";
import { leaveOutTokens } from "../local/tokens.ts";

/** A system to measure: the real handlers with their own engine. */
export interface BenchSystem extends AsyncDisposable {
  /** Prepares a call of an `/api/io` method, which can be made any number of times. It returns the answer's body. */
  call(id: string, body: object): Promise<() => Promise<Record<string, unknown>>>;
}

/** Starts a system. */
export async function startSystem(): Promise<BenchSystem> {
  const engine = await startDynoxide();
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
    TABLE_NAME: "frontdesk",
    DIRECT_DOMAIN: "direct.example.com",
    EVENT_YEARS: "6",
    ENTRANCES_PER_ADDRESS: "1000000",
    ENTRANCES_PER_APPLICATION: "1000000",
    PORTAL_URL: "https://{org}.portal.example.com",
    SEAL_SECRET: "a secret that only benchmarks use",
    FILES_BUCKET: "frontdesk-files",
    FILES_ORIGIN: "https://frontdesk-files.s3.us-east-1.amazonaws.com",
    PORTAL_SCRIPT: "main-1a2b3c4d.js",
    PORTAL_STYLE: "main-5e6f7a8b.css",
    LOG_LEVEL: "SILENT",
  });
  // Otherwise each write would make later ones slower, and our part of them would look smaller.
  leaveOutTokens();
  await createTable();
  // Nobody reads the table's stream here, and each record in it makes later writes of the engine slower.
  const StreamSpecification = { StreamEnabled: false };
  await documents.send(new UpdateTableCommand({ TableName: process.env.TABLE_NAME, StreamSpecification }));

  return {
    async call(id, body) {
      const target = `/api/io/${id}`;
      const route = routeOf("POST", target);
      const handler = await registryHandler(route.row);
      const headers = { "content-type": "application/json" };
      const bytes = Buffer.from(JSON.stringify(body));
      return async () => {
        const request = { method: "POST", target, headers, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
        const { body: answer = "" } = await handler(toEvent(request, route), {});
        const json = JSON.parse(answer);
        if (!json.successful) throw new Error(`${id} answers ${answer}`);
        return json;
      };
    },
    [Symbol.asyncDispose]: () => engine.stop(),
  };
}

/** The median. */
export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
