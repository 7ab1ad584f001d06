import type { DynamoDBRecord } from "aws-lambda";

/**
 * Event filter for the worker `clean-up`: the deletions of files in the table's stream. Plain data, read by CDK
 * and the local stream pump.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export const filesToDeleteFilter = {
  eventName: ["INSERT"],
  dynamodb: { NewImage: { type: { S: ["filesToDelete"] } } },
} as const;

/** The line in the worker's log about files that were not deleted. An alarm counts it. */
export const filesNotDeleted = "files not deleted";

/** Returns the keys of the objects that are to be deleted according to a stream record; `undefined` for other records. */
export function filesToDelete({ eventName, dynamodb }: DynamoDBRecord): string[] | undefined {
  const { type, objects } = dynamodb?.NewImage ?? {};
  if (eventName !== "INSERT" || type?.S !== "filesToDelete") return undefined;
  return (objects?.L ?? []).flatMap(({ S }) => (S === undefined ? [] : [S]));
}
