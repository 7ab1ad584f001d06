import { operation } from "../../lib/api/operation.ts";

/** Answers an application that proves itself. */
export const handler = operation("PingWithApplicationAuth", { run: async () => ({}) });
