import { startGateway } from "../../local/gateway.ts";
import "../kit/system.ts";

// Importing this file serves the registry over HTTP, with the engine of this process and as long as it runs.
const gateway = await startGateway({ port: 0, log: () => {} });

/** Frontdesk's address. */
export const url = `http://127.0.0.1:${gateway.port}`;
