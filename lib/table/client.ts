import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { checkDeadline } from "./deadline.ts";
import { limitTryTime, retryUntilDeadline, throwBusyAtDeadline } from "./retry.ts";
import { counted } from "./round-trips.ts";

/**
 * The one client of DynamoDB in the process. The SDK reads region, credentials and endpoint from the environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_DYNAMODB`). It repeats requests that were throttled, failed with 5xx or got no answer; a
 * transaction keeps its ClientRequestToken.
 */
export const documents = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    retryStrategy: retryUntilDeadline,
    requestHandler: {
      connectionTimeout: 1000,
      // Until the headers of the answer arrive.
      requestTimeout: 2000,
      throwOnRequestTimeout: true,
    },
  }),
  { marshallOptions: { removeUndefinedValues: true } },
);
documents.middlewareStack.add(throwBusyAtDeadline, {
  step: "initialize",
  name: "throwBusyAtDeadline",
  priority: "low",
});
// Each try of a request passes through these.
documents.middlewareStack.add(
  (next) => (args) => {
    checkDeadline();
    return next(args);
  },
  { step: "deserialize", name: "deadline" },
);
documents.middlewareStack.add(limitTryTime, { step: "deserialize", name: "limitTryTime", priority: "high" });
documents.middlewareStack.add(counted, { step: "deserialize", name: "counted" });
