import type { MiddlewareObj } from "@middy/core";
import type { Answer, CallEvent } from "./call.ts";

function dropBody({ event, response }: { event: CallEvent; response: Answer | null | undefined }): void {
  if (event.requestContext.http.method === "HEAD") delete response?.body;
}

/** Answers HEAD as GET is answered, without the body. @see https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2 */
export const withoutBodyOnHead: MiddlewareObj<CallEvent, Answer> = { after: dropBody, onError: dropBody };
