import { setTimeout as sleep } from "node:timers/promises";
import type { handler as cleanUpHandler } from "../functions/workers/clean-up.ts";
import { erasureFilter } from "../lib/accounts/erasure/filter.ts";
import { filesToDeleteFilter } from "../lib/accounts/image/files-to-delete.ts";
import { messageFilter } from "../lib/messages/filter.ts";
import { pacing } from "../lib/practices/erasure.ts";
import type { Answer } from "./answer.ts";
import { htmlPage, localFile, readLocalFile } from "./html.ts";
import { type Outside, startOutside } from "./outside.ts";
import type { Consumer } from "./stream-delivery.ts";
import { readStreamFile } from "./stream-file.ts";
import { type Pump, streamPump } from "./stream-pump.ts";
import type { RecordReader } from "./stream-reader.ts";
import { openStreamTrim } from "./stream-trim.ts";

/**
 * Delivers messages on this machine: from the table's stream through the worker to a page that shows them. The same stream
 * names the files, and the erased accounts and practices of which something is left, for the worker `clean-up`.
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
 * @param databaseFile the file of an engine that this process started: the stream is read and shortened there
 */
export async function openInbox(endpoint: string, tableName: string, databaseFile?: string): Promise<Inbox> {
  // Not at the top of the file, because the workers' logger reads its level from the environment when it is imported.
  const { handler: sendMessages } = await import("../functions/workers/send-messages.ts");
  const { handler: cleanUp } = await import("../functions/workers/clean-up.ts");
  // The table serves nobody else.
  pacing.pause = async () => undefined;
  const outside = await startOutside();
  Object.assign(process.env, outside.environment);
  const consumers: Consumer[] = [
    { name: "send-messages", filters: [messageFilter], handler: sendMessages },
    { name: "clean-up", filters: [filesToDeleteFilter, erasureFilter], handler: briefly(cleanUp) },
  ];
  const file = databaseFile && {
    trim: openStreamTrim(databaseFile, tableName),
    reader: fileReader(databaseFile, tableName),
  };
  // One message at a time, so that they arrive in the order in which they were queued.
  const pump = streamPump({
    endpoint,
    tableName,
    consumers,
    batchSize: 1,
    ...(file && { ...file.reader, onHandled: file.trim.handled }),
  });
  return {
    outside,
    pump,
    async stop() {
      await pump.stop();
      if (file) file.trim.close();
      await outside.stop();
    },
  };
}

/** The reader of the stream in the engine's file. None when the file has another format: the pump then asks the engine. */
function fileReader(databaseFile: string, tableName: string): { readonly reader?: RecordReader } {
  try {
    return { reader: readStreamFile(databaseFile, tableName) };
  } catch (error) {
    console.error(
      `The table's stream cannot be read in the engine's file, so the engine is asked: ${(error as Error).message}`,
    );
    return {};
  }
}

/** How long one call of the worker `clean-up` may take: mail waits for the first one. */
const cleanUpMs = 8000;

/** The worker `clean-up` with a time limit, as Lambda sets one. What it cannot do in time, its next call does. */
const briefly =
  (cleanUp: typeof cleanUpHandler): Consumer["handler"] =>
  (event) => {
    const end = Date.now() + cleanUpMs;
    return cleanUp(event, { getRemainingTimeInMillis: () => end - Date.now() });
  };

/** The longest time that an answer waits for queued messages. */
const waitMsMax = 2000;

/**
 * The gateway's pages of the inbox, by method and path: `GET /_local/messages` (JSON, newest first),
 * `DELETE /_local/messages`, which deletes them all, and `GET /_local/` with its script.
 * @param opened resolves to the inbox when it is open
 */
export const inboxPages = (opened: Promise<Pick<Inbox, "outside" | "pump">>) => {
  /** The outside, when the messages that were queued before have arrived there. */
  const whenArrived = async () => {
    const { outside, pump } = await opened;
    // A caller whose call was answered finds its message here at once, without polling.
    await Promise.race([pump.drain().catch(() => {}), sleep(waitMsMax, undefined, { ref: false })]);
    return outside;
  };
  return {
    "GET /_local/messages": async (): Promise<Answer> => ({
      statusCode: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
      body: JSON.stringify((await whenArrived()).messages()),
    }),
    "DELETE /_local/messages": async (): Promise<Answer> => {
      (await whenArrived()).clear();
      return { statusCode: 204 };
    },
    // Mails use style attributes. The page's policy also applies to their frame, because that uses srcdoc.
    "GET /_local/": (): Answer =>
      htmlPage(200, readLocalFile("inbox.html"), {
        scripts: "'self'",
        requests: "'self'",
        styleAttributes: "'unsafe-inline'",
      }),
    "GET /_local/inbox.js": localFile("inbox.js", "text/javascript"),
    "GET /_local": (): Answer => ({ statusCode: 308, headers: { location: "/_local/" } }),
  };
};
