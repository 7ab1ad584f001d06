import { openOperation } from "../../lib/api/open-operation.ts";

/** Answers; asks for nothing. */
export const handler = openOperation("Ping", async () => ({}));
