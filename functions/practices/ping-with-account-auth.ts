import { operation } from "../../lib/api/operation.ts";

/** Answers an application that names an active practice of its own, or an administrator of it who signs in. */
export const handler = operation("PingWithAccountAuth", { run: async () => ({}) });
