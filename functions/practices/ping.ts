import { open } from "../../lib/api/open.ts";
import { operation } from "../../lib/api/operation.ts";

/** Answers; asks for nothing. */
export const handler = operation("Ping", open, { run: async () => ({}) });
