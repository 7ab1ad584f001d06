import { documents } from "../lib/table/client.ts";

/** The `ClientRequestToken` in the JSON of a transaction, with one of the commas around it. */
const token = /"ClientRequestToken":"[^"]*",|,"ClientRequestToken":"[^"]*"/;

/** The table's client writes bodies as text, a plain one as bytes. */
const textOf = (body: string | Uint8Array): string =>
  typeof body === "string" ? body : new TextDecoder().decode(body);

/**
 * Removes the client request tokens from all further transactions of a client. For each transaction Dynoxide searches the tokens of
 * the last ten minutes, so that each write would make later writes slower. The table's code does not depend on tokens to
 * find out whether a transaction without an answer was carried out (docs/decisions/deadlines.md).
 */
export function leaveOutTokens(client: Pick<typeof documents, "middlewareStack"> = documents): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const request = args.request as { body: string | Uint8Array };
        if (commandName === "TransactWriteItemsCommand") request.body = textOf(request.body).replace(token, "");
        return next(args);
      },
    // Before the SDK computes the body's length.
    { step: "build", priority: "high", name: "leaveOutTokens", override: true },
  );
}
