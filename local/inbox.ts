import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { messageFilter } from "../lib/messages/filter.ts";
import { closed, hashOf, pageHeaders } from "./html.ts";
import { type Outside, startOutside } from "./outside.ts";
import { type Pump, streamPump } from "./stream-pump.ts";
import { openStreamTrim } from "./stream-trim.ts";

type Answer = APIGatewayProxyStructuredResultV2;

/** The way of messages on this machine: from the table's stream through the worker to where they can be read. */
export interface Inbox {
  readonly outside: Outside;
  /** Not started yet. */
  readonly pump: Pump;
  stop(): Promise<void>;
}

/**
 * Opens an inbox: points the SDK's SES and SNS at it, and the worker at the table's stream. The settings of the
 * functions, `MAIL_FROM` among them, must stand in the environment.
 * @param endpoint the engine's
 * @param databaseFile the engine's, if it is ours: what was handled is deleted from its stream
 */
export async function openInbox(endpoint: string, tableName: string, databaseFile?: string): Promise<Inbox> {
  const { handler } = await import("../functions/workers/send-messages.ts");
  const outside = await startOutside();
  Object.assign(process.env, outside.environment);
  const consumers = [{ name: "send-messages", filter: messageFilter, handler }];
  // One after the other, so that they arrive in the order in which they were queued.
  const trim = databaseFile === undefined ? undefined : openStreamTrim(databaseFile, tableName);
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

/** Longest that an answer waits for messages on their way. */
const waitMsMax = 2000;

/**
 * What the gateway answers itself, by method and path: `GET /_local/messages` (JSON, newest first) and `GET /_local/`.
 * @param opened the inbox, once it is open
 */
export const inboxPages = (opened: Promise<Pick<Inbox, "outside" | "pump">>) => ({
  "GET /_local/messages": async (): Promise<Answer> => {
    const { outside, pump } = await opened;
    // Who was answered finds the message here, without polling.
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

// A frame's srcdoc is under its page's policy: mails style by attributes only.
const policy = [
  "default-src 'none'",
  `script-src ${hashOf("script", page)}`,
  `style-src-elem ${hashOf("style", page)}`,
  "style-src-attr 'unsafe-inline'",
  "connect-src 'self'",
  ...closed,
].join("; ");
