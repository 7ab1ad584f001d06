import { afterAll } from "vitest";
import { openInbox } from "../../local/inbox.ts";
import type { SentMessage } from "../../local/outside.ts";

// What fails here was meant to.
process.env.POWERTOOLS_LOG_LEVEL ??= "SILENT";
process.env.MAIL_FROM ??= "Frontdesk <portal@example.com>";

// Importing this file opens it. Messages move only when a test asks for them, and then through the real worker.
const inbox = await openInbox(String(process.env.AWS_ENDPOINT_URL_DYNAMODB), String(process.env.TABLE_NAME));

/** Closes it. Benchmarks call this; under vitest it happens at the end of the test file. */
export const closeInbox = (): Promise<void> => inbox.stop();
if (process.env.VITEST) afterAll(closeInbox);

/** Lets requests to SES and SNS fail: `failNext(2)`. */
export const { failNext } = inbox.outside;

/**
 * Sends all that was queued and gives all that this test file has sent, newest first: `const [mail] = await sentMessages()`.
 * @param to only what went to this address or number
 */
export async function sentMessages(to?: string): Promise<readonly SentMessage[]> {
  await inbox.pump.drain();
  return inbox.outside.messages().filter((message) => to === undefined || message.to === to);
}
