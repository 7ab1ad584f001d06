import type { DynamoDBRecord } from "aws-lambda";
import type { Erasure, Key, PracticeErasure } from "../../table/records.ts";

/**
 * Event filter for the worker `clean-up`: the erasures of accounts and practices in the table's stream. Plain data, read by CDK
 * and the local stream pump.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export const erasureFilter = { eventName: ["INSERT"], dynamodb: { NewImage: { type: { S: ["erasure"] } } } } as const;

/** The line in the worker's log about an erasure that failed. An alarm counts it. */
export const restNotErased = "rest of an account or a practice not erased";

/** Returns the key of the erasure that a stream record reports; `undefined` for other records. */
export function erasureIn({ eventName, dynamodb }: DynamoDBRecord): Key<Erasure> | Key<PracticeErasure> | undefined {
  const { type, pk, sk } = dynamodb?.NewImage ?? {};
  return eventName === "INSERT" && type?.S === "erasure" ? { pk: pk?.S ?? "", sk: sk?.S ?? "" } : undefined;
}
