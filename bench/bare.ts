import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { leaveOutTokens } from "../local/tokens.ts";
import type { TableRequest } from "../test/kit/system.ts";

/** The SDK's client as it comes, with the one option that requests with undefined values need. Both sides send no tokens. */
const bare = DynamoDBDocumentClient.from(new DynamoDBClient(), { marshallOptions: { removeUndefinedValues: true } });
leaveOutTokens(bare);

/** What a request or a part of a transaction has in common. */
interface Part {
  readonly ConditionExpression?: string;
}

/** A condition that always holds. It keeps the original one, so that the engine has the same work. */
const holding = <P extends Part>(part: P): P =>
  part.ConditionExpression === undefined
    ? part
    : {
        ...part,
        ConditionExpression: `(${part.ConditionExpression}) OR attribute_exists(pk) OR attribute_not_exists(pk)`,
      };

/** The request of the SDK that repeats one of the system, though that has changed the table. */
function again({ command, input }: TableRequest) {
  switch (command) {
    case "BatchGetItem":
      return new BatchGetCommand(input);
    case "GetItem":
      return new GetCommand(input);
    case "Query":
      return new QueryCommand(input);
    case "PutItem":
      return new PutCommand(holding(input));
    case "UpdateItem":
      return new UpdateCommand(holding(input));
    case "DeleteItem":
      return new DeleteCommand(holding(input));
    case "TransactWriteItems": {
      const parts: readonly Record<string, Part>[] = input.TransactItems;
      const TransactItems = parts.map((part) =>
        Object.fromEntries(Object.entries(part).map(([kind, each]) => [kind, holding(each)])),
      );
      return new TransactWriteCommand({ ...input, TransactItems });
    }
    default:
      throw new Error(`${command} is unknown here: add it to bench/bare.ts`);
  }
}

/** The requests in groups that the system has sent at the same time. */
function groupsOf(requests: readonly TableRequest[]): TableRequest[][] {
  const groups: TableRequest[][] = [];
  let end = -1;
  for (const request of requests.toSorted((one, other) => one.begun - other.begun)) {
    const isWithLast = request.begun < end;
    if (isWithLast) groups.at(-1)?.push(request);
    else groups.push([request]);
    end = isWithLast ? Math.min(end, request.ended) : request.ended;
  }
  return groups;
}

/** Prepares a call that sends the requests of the system again by the bare SDK, and nothing else. */
export function bareCall(requests: readonly TableRequest[]): () => Promise<void> {
  const groups = groupsOf(requests).map((group) => group.map(again));
  return async () => {
    // The types of the commands' answers differ.
    for (const group of groups) await Promise.all(group.map((command) => bare.send(command as BatchGetCommand)));
  };
}

/** Closes the connections of the bare SDK. */
export const closeBare = (): void => bare.destroy();
