import { byCredentials } from "../../lib/api/by-credentials.ts";
import { operation } from "../../lib/api/operation.ts";

/** Answers an application that names an active practice of its own, or an administrator of it who signs in. */
export const handler = operation("PingWithAccountAuth", byCredentials, { run: async () => ({}) });
