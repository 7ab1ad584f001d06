import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";

const documents = DynamoDBDocumentClient.from(new DynamoDBClient());
const commands = { BatchGetCommand, DeleteCommand, QueryCommand, TransactWriteCommand, UpdateCommand };

/** What a start is compared with: a function that has the table's client, with all requests of ours, and nothing else. */
export async function handler({ name, input }: { name: keyof typeof commands; input: never }): Promise<unknown> {
  return documents.send(new commands[name](input) as BatchGetCommand);
}
