import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { checkDeadline } from "./deadline.ts";
import { limitTryTime, retryUntilDeadline, throwBusyAtDeadline } from "./retry.ts";
import { counted } from "./round-trips.ts";

/**
 * The process's one connection to DynamoDB. Region, credentials and endpoint come from the environment, as the SDK reads
 * it (`AWS_REGION`, `AWS_ENDPOINT_URL_DYNAMODB`). The SDK repeats what was throttled, failed with 5xx or was not answered,
 * a transaction with the same ClientRequestToken.
 */
export const documents = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    retryStrategy: retryUntilDeadline,
    requestHandler: {
      connectionTimeout: 1000,
      // From the request to the head of its answer.
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
