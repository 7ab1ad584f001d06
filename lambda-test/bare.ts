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

/** Opens the connection to the table, as the functions of operations do before their first call. */
export const start = () =>
  documents.send(
    new BatchGetCommand({ RequestItems: { [process.env.TABLE_NAME ?? ""]: { Keys: [{ pk: "VENDOR#", sk: "-" }] } } }),
  );

/** The function that starts are compared with: the table's client with all requests that we use, and nothing else. */
export async function handler({ name, input }: { name: keyof typeof commands; input: never }): Promise<unknown> {
  return documents.send(new commands[name](input) as BatchGetCommand);
}
