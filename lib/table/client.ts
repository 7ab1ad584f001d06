import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { counted } from "./round-trips.ts";

/**
 * The process's one connection to DynamoDB. Region, credentials and endpoint come from the environment, as the SDK reads
 * it (`AWS_REGION`, `AWS_ENDPOINT_URL_DYNAMODB`). Its own retries repeat a transaction with the same ClientRequestToken.
 */
export const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 4 }), {
  marshallOptions: { removeUndefinedValues: true },
});
// Behind what repeats a request.
documents.middlewareStack.add(counted, { step: "deserialize", name: "counted" });
