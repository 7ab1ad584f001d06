/**
 * Event filter for the worker `send-messages`: the records of the table's stream that it receives. Plain data, read by
 * CDK and the local stream pump.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export const messageFilter = {
  eventName: ["INSERT"],
  dynamodb: { NewImage: { type: { S: ["message", "messages"] } } },
} as const;

/** The message of the worker's log line for each text message that was sent. An alarm counts these lines. */
export const textSent = "text message sent";
