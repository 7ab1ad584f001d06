/**
 * Which records of the table's stream the worker `send-messages` is for, as an event filter pattern. Plain data: CDK
 * and the local stream pump read it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export const messageFilter = {
  eventName: ["INSERT"],
  dynamodb: { NewImage: { type: { S: ["message"] } } },
} as const;
