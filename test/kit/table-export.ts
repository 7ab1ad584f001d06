import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import {
  type AttributeValue,
  BatchWriteItemCommand,
  ScanCommand,
  type ScanCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { documents } from "../../lib/table/client.ts";
import type { ItemJson } from "../../local/verify/export-files.ts";

/** An export's data files. */
interface ExportOptions {
  /** How many data files there are. DynamoDB writes several, some of them empty. */
  readonly files?: number;
}

const name = "AWSDynamoDB/01893456000000-1a2b3c4d";

/** The items of the table in DynamoDB's own JSON. */
export async function itemsJson(): Promise<ItemJson[]> {
  const items: ItemJson[] = [];
  let last: Record<string, AttributeValue> | undefined;
  do {
    const answer: ScanCommandOutput = await documents.send(
      new ScanCommand({ TableName: process.env.TABLE_NAME, ConsistentRead: true, ExclusiveStartKey: last }),
    );
    items.push(...((answer.Items ?? []) as unknown as ItemJson[]));
    last = answer.LastEvaluatedKey;
  } while (last);
  return items;
}

/**
 * Writes items as `export-table-to-point-in-time` writes a table to S3: gzipped lines, a manifest with the checksum of each
 * file, and a summary.
 * @returns the folder of the export
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
export function writeExport(folder: string, items: readonly ItemJson[], { files = 3 }: ExportOptions = {}): string {
  const directory = join(folder, name);
  mkdirSync(join(directory, "data"), { recursive: true });
  const manifest = Array.from({ length: files }, (_, place) => {
    const own = items.filter((_, index) => index % files === place);
    const bytes = gzipSync(own.map((Item) => `${JSON.stringify({ Item: bytesAsText(Item) })}\n`).join(""));
    const md5 = createHash("md5").update(bytes);
    const dataFileS3Key = `${name}/data/file${place}abcdefghijklmnopqrstuv.json.gz`;
    writeFileSync(join(folder, dataFileS3Key), bytes);
    const [md5Checksum, etag] = [md5.copy().digest("base64"), `${md5.digest("hex")}-1`];
    return { itemCount: own.length, md5Checksum, etag, dataFileS3Key };
  });
  writeFileSync(join(directory, "manifest-files.json"), `${manifest.map((each) => JSON.stringify(each)).join("\n")}\n`);
  const summary = {
    version: "2020-06-30",
    exportArn: `arn:aws:dynamodb:us-east-1:123456789012:table/frontdesk/export/${name.split("/")[1]}`,
    s3Bucket: "exports",
    manifestFilesS3Key: `${name}/manifest-files.json`,
    itemCount: items.length,
    outputFormat: "DYNAMODB_JSON",
    exportType: "FULL_EXPORT",
  };
  writeFileSync(join(directory, "manifest-summary.json"), JSON.stringify(summary));
  return directory;
}

/** An item whose bytes are written as in an export. */
function bytesAsText(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(bytesAsText);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bytesAsText(each)]));
}

/** An item of an export as the SDK takes it. */
function textAsBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(textAsBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === "B" && typeof each === "string" ? Buffer.from(each, "base64") : textAsBytes(each),
    ]),
  );
}

/** Puts the items of an export into the table, as `import-table` does. */
export async function importItems(items: readonly ItemJson[]): Promise<void> {
  for (let start = 0; start < items.length; start += 25) {
    const requests = items
      .slice(start, start + 25)
      .map((Item) => ({ PutRequest: { Item: textAsBytes(Item) as never } }));
    await documents.send(new BatchWriteItemCommand({ RequestItems: { [String(process.env.TABLE_NAME)]: requests } }));
  }
}
