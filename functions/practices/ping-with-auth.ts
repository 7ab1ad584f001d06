import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";

/** Answers an application that names an active user, or that user signing in with login id and password. */
export const handler = operation("PingWithAuth", byCredentials, { run: async () => ({}) });
