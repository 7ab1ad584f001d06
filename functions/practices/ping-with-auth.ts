import { operation } from "../../lib/api/operation.ts";

/** Answers an application that names an active user, or that user signing in with login id and password. */
export const handler = operation("PingWithAuth", { run: async () => ({}) });
