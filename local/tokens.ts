import { documents } from "../lib/table/client.ts";

/** The `ClientRequestToken` in the JSON of a transaction, with one of the commas around it. */
const token = /"ClientRequestToken":"[^"]*",|,"ClientRequestToken":"[^"]*"/;

/**
 * Removes the client request tokens from all further transactions. For each transaction Dynoxide searches the tokens of
 * the last ten minutes, so that each write would make later writes slower. The table's code does not depend on tokens to
 * find out whether a transaction without an answer was carried out (docs/decisions/deadlines.md).
 */
export function leaveOutTokens(): void {
  documents.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const request = args.request as { body: Uint8Array };
        if (commandName === "TransactWriteItemsCommand") {
          request.body = new TextEncoder().encode(new TextDecoder().decode(request.body).replace(token, ""));
        }
        return next(args);
      },
    // Before the SDK computes the body's length.
    { step: "build", priority: "high", name: "leaveOutTokens" },
  );
}
