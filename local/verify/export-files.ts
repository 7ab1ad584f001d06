import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { Complaint } from "../../tools/complaint.ts";
import { type AttributeJson, readAttributes } from "./dynamodb-json.ts";

/** What `manifest-summary.json` says of an export. */
interface Summary {
  readonly outputFormat?: string;
  readonly exportType?: string;
  readonly itemCount?: number;
}

/** A line of `manifest-files.json`. */
interface DataFile {
  readonly itemCount: number;
  /** MD5 of the compressed file, base64. */
  readonly md5Checksum: string;
  readonly dataFileS3Key: string;
}

/** An item in DynamoDB's JSON. */
export type ItemJson = Readonly<Record<string, AttributeJson>>;

/**
 * Reads the items of an export of DynamoDB (`export-table-to-point-in-time`, full, DYNAMODB_JSON) from a folder that has its
 * manifests, and its files in `data/`, as they were in S3. Each is read to its end and compared with the manifest.
 * @internal Only tests put the items into another table.
 * @param folder the export's own, or one above it that holds no other export
 * @throws Complaint when a file is missing, or is not as it was written
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 */
export async function* exportedItems(folder: string): AsyncGenerator<ItemJson> {
  const { directory, files, itemCount } = await readManifests(folder);
  let items = 0;
  for (const file of files) {
    const path = join(directory, "data", basename(file.dataFileS3Key));
    if (!existsSync(path)) throw new Complaint(`The export is not complete: there is no file ${path}.`);
    let inFile = 0;
    for await (const item of itemsOfFile(path, file)) {
      inFile += 1;
      yield item;
    }
    if (inFile !== file.itemCount)
      throw new Complaint(`${path} has ${inFile} items, but its manifest says ${file.itemCount}.`);
    items += inFile;
  }
  if (itemCount !== undefined && items !== itemCount)
    throw new Complaint(`The files have ${items} items together, but the export has ${itemCount}.`);
}

async function readManifests(folder: string) {
  const directory = await directoryOf(folder);
  const summary = JSON.parse(await readFile(join(directory, "manifest-summary.json"), "utf8")) as Summary;
  const { outputFormat = "DYNAMODB_JSON", exportType = "FULL_EXPORT", itemCount } = summary;
  if (outputFormat !== "DYNAMODB_JSON" || exportType !== "FULL_EXPORT") {
    throw new Complaint(`The export must be a full one in DYNAMODB_JSON, but is ${exportType} in ${outputFormat}.`);
  }
  const lines = (await readFile(join(directory, "manifest-files.json"), "utf8")).split("\n");
  const files = lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as DataFile);
  return { directory, files, itemCount };
}

/** The folder with the manifests. */
async function directoryOf(folder: string): Promise<string> {
  const found = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
  const manifests = found.filter((path) => basename(path) === "manifest-files.json");
  const [path] = manifests;
  if (path === undefined || manifests.length > 1) {
    const what = path === undefined ? "no" : "more than one";
    throw new Complaint(`${folder} has ${what} manifest-files.json: it must hold one export, with its manifests.`);
  }
  const directory = dirname(join(folder, path));
  if (!existsSync(join(directory, "manifest-summary.json")))
    throw new Complaint(`${directory} has no manifest-summary.json.`);
  return directory;
}

async function* itemsOfFile(path: string, { md5Checksum }: DataFile): AsyncGenerator<ItemJson> {
  const hash = createHash("md5");
  const compressed = createReadStream(path);
  compressed.on("data", (bytes) => hash.update(bytes));
  const content = compressed.pipe(createGunzip());
  compressed.on("error", (error) => content.destroy(error));
  try {
    for await (const line of createInterface({ input: content })) {
      if (line !== "") yield (JSON.parse(line) as { readonly Item: ItemJson }).Item;
    }
  } catch {
    throw new Complaint(`${path} cannot be read: it is not as it was written.`);
  }
  if (hash.digest("base64") !== md5Checksum)
    throw new Complaint(`${path} is not as it was written: its MD5 is not that of its manifest.`);
}

/** Reads the items of an export as lib/ reads those of a table. @throws Complaint as `exportedItems` */
export async function* readExport(folder: string): AsyncGenerator<Record<string, unknown>> {
  for await (const item of exportedItems(folder)) yield readAttributes(item);
}
