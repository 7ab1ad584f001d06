import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";

/** Answers an application that proves itself. */
export const handler = operation("PingWithApplicationAuth", byCredentials, { run: async () => ({}) });
