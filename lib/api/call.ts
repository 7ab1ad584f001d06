import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import type { Reply } from "../reply.ts";

/** One request on its way through the stack. */
export interface Call {
  readonly context: RequestContext;
  /** The fields of the body, or those of the path and query where a verb has no body. */
  input: Record<string, unknown>;
  readonly reply: Reply;
  /** The code that is answered, for the log. */
  outcome: ErrorCode | "ok" | "internal" | "busy";
}

/** A request as API Gateway sends it, with the call that the stack adds. */
export type CallEvent = APIGatewayProxyEventV2 & { call: Call };
/** An answer as API Gateway takes it. */
export type Answer = APIGatewayProxyStructuredResultV2;
