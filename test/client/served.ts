import { afterAll } from "vitest";
import { startGateway } from "../../local/gateway.ts";
import "../kit/system.ts";

// Importing this file serves the registry over HTTP, with the test file's engine.
const gateway = await startGateway({ port: 0, log: () => {} });

afterAll(() => gateway.close());

/** Frontdesk's address. */
export const url = `http://127.0.0.1:${gateway.port}`;
