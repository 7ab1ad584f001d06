import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { forgetChains } from "./commands.ts";
import { checkDeadline } from "./deadline.ts";
import { tableHttp } from "./http.ts";
import { noteLostAnswers } from "./lost-answers.ts";
import { NativeItems } from "./native-items.ts";
import { retryUntilDeadline, throwBusyAtDeadline } from "./retry.ts";
import { counted } from "./round-trips.ts";

/**
 * The one client of DynamoDB in the process. The SDK reads region, credentials and endpoint from the environment
 * (`AWS_REGION`, `AWS_ENDPOINT_URL_DYNAMODB`). It repeats requests that were throttled, failed with 5xx or got no answer; a
 * transaction keeps its ClientRequestToken.
 */
export const documents = DynamoDBDocumentClient.from(
  new DynamoDBClient({ protocol: NativeItems, requestHandler: tableHttp, retryStrategy: retryUntilDeadline }),
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
documents.middlewareStack.add(noteLostAnswers, { step: "deserialize", name: "noteLostAnswers", priority: "high" });
documents.middlewareStack.add(counted, { step: "deserialize", name: "counted" });
// Whoever uses the middleware from now on, such as a test, may change it.
documents.middlewareStack = new Proxy(documents.middlewareStack, {
  get(stack, name) {
    if (/^(add|remove|use)/.test(String(name))) forgetChains();
    return Reflect.get(stack, name);
  },
});
