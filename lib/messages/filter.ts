/**
 * Event filter for the worker `send-messages`: the records of the table's stream that it receives. Plain data, read by
 * CDK and the local stream pump.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export const messageFilter = {
  eventName: ["INSERT"],
  dynamodb: { NewImage: { type: { S: ["message", "messages"] } } },
} as const;
