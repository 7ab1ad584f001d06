import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { erasureFilter } from "../lib/accounts/erasure/filter.ts";
import { filesToDeleteFilter } from "../lib/accounts/image/files-to-delete.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import type { Answer } from "./answer.ts";
import { closed, hashOf, pageHeaders } from "./html.ts";
import { type Outside, startOutside } from "./outside.ts";
import type { Consumer } from "./stream-delivery.ts";
import { type Pump, streamPump } from "./stream-pump.ts";
import { openStreamTrim } from "./stream-trim.ts";

/**
 * Delivers messages on this machine: from the table's stream through the worker to a page that shows them. The same stream
 * names the files, and the erased accounts of which something is left, for the worker `clean-up`.
 */
export interface Inbox {
  readonly outside: Outside;
  /** Moves queued messages to the worker; the caller starts it. */
  readonly pump: Pump;
  stop(): Promise<void>;
}

/**
 * Opens an inbox: points the SDK's SES and SNS at it, and connects the workers to the table's stream. The functions'
 * settings, including `MAIL_FROM`, must be in the environment.
 * @param endpoint the engine's endpoint
 * @param databaseFile the file of an engine that this process started: handled records are deleted from its stream
 */
export async function openInbox(endpoint: string, tableName: string, databaseFile?: string): Promise<Inbox> {
  // Not at the top of the file, because the workers' logger reads its level from the environment when it is imported.
  const { handler: sendMessages } = await import("../functions/workers/send-messages.ts");
  const { handler: cleanUp } = await import("../functions/workers/clean-up.ts");
  const outside = await startOutside();
  Object.assign(process.env, outside.environment);
  const consumers: Consumer[] = [
    { name: "send-messages", filters: [messageFilter], handler: sendMessages },
    { name: "clean-up", filters: [filesToDeleteFilter, erasureFilter], handler: cleanUp },
  ];
  const trim = databaseFile === undefined ? undefined : openStreamTrim(databaseFile, tableName);
  // One message at a time, so that they arrive in the order in which they were queued.
  const pump = streamPump({ endpoint, tableName, consumers, batchSize: 1, ...(trim && { onHandled: trim.handled }) });
  return {
    outside,
    pump,
    async stop() {
      await pump.stop();
      trim?.close();
      await outside.stop();
    },
  };
}

/** The longest time that an answer waits for queued messages. */
const waitMsMax = 2000;

/**
 * The gateway's pages of the inbox, by method and path: `GET /_local/messages` (JSON, newest first) and `GET /_local/`.
 * @param opened resolves to the inbox when it is open
 */
export const inboxPages = (opened: Promise<Pick<Inbox, "outside" | "pump">>) => ({
  "GET /_local/messages": async (): Promise<Answer> => {
    const { outside, pump } = await opened;
    // A caller whose call was answered finds its message here at once, without polling.
    await Promise.race([pump.drain().catch(() => {}), sleep(waitMsMax, undefined, { ref: false })]);
    return {
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: JSON.stringify(outside.messages()),
    };
  },
  "GET /_local/": (): Answer => ({
    statusCode: 200,
    headers: { ...pageHeaders, "content-security-policy": policy },
    body: page,
  }),
  "GET /_local": (): Answer => ({ statusCode: 308, headers: { location: "/_local/" } }),
});

const page = readFileSync(new URL("./inbox.html", import.meta.url), "utf8");

// The policy also applies to the mail's frame, because that uses srcdoc. Mails only use style attributes.
const policy = [
  "default-src 'none'",
  `script-src ${hashOf("script", page)}`,
  `style-src-elem ${hashOf("style", page)}`,
  "style-src-attr 'unsafe-inline'",
  "connect-src 'self'",
  ...closed,
].join("; ");
