import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";

/** Answers an application whose credentials are right. */
export const handler = operation("PingWithApplicationAuth", byCredentials, { run: async () => ({}) });
