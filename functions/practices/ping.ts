import { operation } from "../../lib/api/operation.ts";

/** Answers; asks for nothing. */
export const handler = operation("Ping", { run: async () => ({}) });
