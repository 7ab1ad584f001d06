/** A token in the JSON of a transaction, and the comma on one side of it. */
const token = /"ClientRequestToken":"[^"]*",|,"ClientRequestToken":"[^"]*"/;

/**
 * Sends transactions without their tokens from here on. Dynoxide looks through the tokens of the last ten minutes with each
 * transaction, so that writes would slow down with every write. Without a token a transaction whose answer is lost is
 * decided as the table's code decides it anyway (docs/decisions/deadlines.md).
 */
export async function leaveOutTokens(): Promise<void> {
  const { documents } = await import("../lib/table/client.ts");
  documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const request = args.request as { body: Uint8Array };
        if (commandName === "TransactWriteItemsCommand") {
          request.body = new TextEncoder().encode(new TextDecoder().decode(request.body).replace(token, ""));
        }
        return next(args);
      },
    // Before the length of the body is taken.
    { step: "build", priority: "high", name: "leaveOutTokens" },
  );
}
