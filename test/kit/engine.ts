import { DeleteTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { documents } from "../../lib/table/client.ts";
import { createTable } from "../../lib/table/create-table.ts";
import { type Engine, startDynoxide } from "../../local/dynoxide.ts";
import { setEndpoint } from "../../local/environment.ts";
import { leaveOutTokens } from "../../local/tokens.ts";

/** The engine of this process. */
let engine: Engine | undefined;

const forgets: (() => void)[] = [];

/** Has a function called when the next test file of this process begins with an empty table. */
export const whenTableIsEmptied = (forget: () => void): void => void forgets.push(forget);

/**
 * Creates an empty table without a stream, and puts the settings of a function into the environment. The engine, in
 * memory, is started at the first call and ends with the process; the table of an earlier call is deleted. Transactions have
 * no tokens, which make the engine slow (docs/decisions/dynoxide.md), unless they go through a proxy.
 */
export async function startWorld(): Promise<Engine> {
  if (engine) {
    for (const forget of forgets) forget();
    await documents.send(new DeleteTableCommand({ TableName: process.env.TABLE_NAME }));
  } else {
    engine = await startDynoxide();
    leaveOutTokens();
    // Tests empty the table: no profile or setting of this machine may lead them to another one.
    setEndpoint(engine.endpoint, true);
    for (const name of ["AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"]) delete process.env[name];
    Object.assign(process.env, {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      TABLE_NAME: "frontdesk",
      DIRECT_DOMAIN: "direct.example.com",
      EVENT_YEARS: "6",
      ENTRANCES_PER_ADDRESS: "1000000",
      ENTRANCES_PER_APPLICATION: "1000000",
      PORTAL_URL: "https://{org}.portal.example.com",
      FILES_BUCKET: "frontdesk-files",
      FILES_ORIGIN: "https://frontdesk-files.s3.us-east-1.amazonaws.com",
      PORTAL_SCRIPT: "main-1a2b3c4d.js",
      PORTAL_STYLE: "main-5e6f7a8b.css",
      SEAL_SECRET: "a secret that only the tests use",
    });
  }
  await createTable();
  await switchStream(false);
  return engine;
}

/** Switches the table's stream on or off. Each record in the stream makes later writes of the engine slower. */
async function switchStream(isOn: boolean): Promise<void> {
  const StreamSpecification = isOn
    ? { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" as const }
    : { StreamEnabled: false };
  await documents.send(new UpdateTableCommand({ TableName: process.env.TABLE_NAME, StreamSpecification }));
}

/** Switches the table's stream on, for suites about the stream. */
export const switchStreamOn = (): Promise<void> => switchStream(true);
