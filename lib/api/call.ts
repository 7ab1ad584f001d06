import type {
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEventV2WithRequestContext,
  APIGatewayProxyStructuredResultV2,
} from "aws-lambda";
import type { RequestContext } from "../audit/audit-event.ts";
import type { ErrorCode } from "../errors.ts";
import type { Reply } from "../reply.ts";
import type { EdgeContext } from "./edge-proof.ts";

/** One request on its way through the stack. */
export interface Call {
  readonly context: RequestContext;
  /** The fields of the body, or those of the path and query where a verb has no body. */
  input: Record<string, unknown>;
  /** The names of fields that the operation does not know, where callers are told. */
  ignored: readonly string[];
  readonly reply: Reply;
  /** The code that is answered, for the log. */
  outcome: ErrorCode | "ok" | "internal" | "busy" | "throttled";
  /** Whether an earlier request with the same idempotency key was answered again. */
  isReplayed?: true;
}

/** What API Gateway says about a request. Only behind CloudFront there is an authorizer. */
type GatewayContext = APIGatewayEventRequestContextV2 & { readonly authorizer?: { readonly lambda?: EdgeContext } };

/** A request as API Gateway sends it, with the call that the stack adds. */
export type CallEvent = APIGatewayProxyEventV2WithRequestContext<GatewayContext> & { call: Call };
/** An answer as API Gateway takes it. */
export type Answer = APIGatewayProxyStructuredResultV2;

/**
 * Returns the variables of the path, decoded. An account's `id` is left out when it is `me`, which stands for the caller's
 * own account: so each path needs one route, and API Gateway allows 300.
 */
export function pathOf({ pathParameters }: CallEvent): Readonly<Record<string, string>> {
  const { id, ...others } = (pathParameters ?? {}) as Record<string, string>; // Gateways send no variable without a value.
  return id === undefined || id === "me" ? others : { id, ...others };
}
