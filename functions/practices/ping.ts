import { open } from "../../lib/api/open.ts";
import { operation } from "../../lib/api/operation.ts";

/** Answers everybody. */
export const handler = operation("Ping", open, { run: async () => ({}) });
