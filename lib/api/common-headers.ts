import type { MiddlewareObj } from "@middy/core";
import type { Answer, CallEvent } from "./call.ts";
import { ignoredHeader } from "./ignored.ts";

/** Makes browsers use TLS for a year. */
export const strictTransport = "max-age=31536000";

function addHeaders({ event, response }: { event: CallEvent; response: Answer | null | undefined }): void {
  if (!response) return;
  response.headers = {
    ...response.headers,
    "frontdesk-request-id": event.requestContext.requestId,
    ...ignoredHeader(event.call.ignored),
    "strict-transport-security": strictTransport,
    "x-content-type-options": "nosniff",
  };
}

/**
 * Headers of every answer: the id under which the call is logged, the fields that were ignored if there are any, and headers
 * that make browsers use TLS and the stated media type.
 * @see https://www.rfc-editor.org/rfc/rfc6797
 */
export const commonHeaders: MiddlewareObj<CallEvent, Answer> = { after: addHeaders, onError: addHeaders };
