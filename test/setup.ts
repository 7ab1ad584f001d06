import { afterAll } from "vitest";
import { startDynoxide } from "../local/dynoxide.ts";

// Runs before each test file, in its process: an engine of its own, in memory, and the settings of a function.
const engine = await startDynoxide();
Object.assign(process.env, {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
  TABLE_NAME: "frontdesk",
  DIRECT_DOMAIN: "direct.example.com",
  PORTAL_URL: "https://{org}.portal.example.com",
  SEAL_SECRET: "a secret for tests, of no worth whatever",
});
const { createTable } = await import("../lib/table/create.ts");
await createTable();

afterAll(() => engine.stop());
