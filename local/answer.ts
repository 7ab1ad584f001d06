import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

/** The answer to a request, of a function or of the gateway itself. */
export type Answer = APIGatewayProxyStructuredResultV2;
