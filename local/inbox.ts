import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { messageFilter } from "../lib/messages/filter.ts";
import { type Outside, startOutside } from "./outside.ts";
import { type Pump, streamPump } from "./stream-pump.ts";

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
 */
export async function openInbox(endpoint: string, tableName: string): Promise<Inbox> {
  const { handler } = await import("../functions/workers/send-messages.ts");
  const outside = await startOutside();
  Object.assign(process.env, outside.environment);
  const consumers = [{ name: "send-messages", filter: messageFilter, handler }];
  // One after the other, so that they arrive in the order in which they were queued.
  const pump = streamPump({ endpoint, tableName, consumers, batchSize: 1 });
  return {
    outside,
    pump,
    async stop() {
      await pump.stop();
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
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy, ...plainHeaders },
    body: page,
  }),
  "GET /_local": (): Answer => ({ statusCode: 308, headers: { location: "/_local/" } }),
});

const plainHeaders = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const page = readFileSync(new URL("./inbox.html", import.meta.url), "utf8");

/** Names the content of the page's one element of a kind, so that nothing else of that kind is run or applied. */
function hashOf(tag: string): string {
  const [, content = ""] = new RegExp(`<${tag}>(.*?)</${tag}>`, "s").exec(page) ?? [];
  return `'sha256-${createHash("sha256").update(content).digest("base64")}'`;
}

// A frame's srcdoc is under its page's policy: mails style by attributes only.
const policy = [
  "default-src 'none'",
  `script-src ${hashOf("script")}`,
  `style-src-elem ${hashOf("style")}`,
  "style-src-attr 'unsafe-inline'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
