import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Complaint } from "../failure.ts";
import { type Fields, isFields } from "./values.ts";

/** The properties under which exports keep their users: a realm of Keycloak, an answer of Cognito. */
const lists = ["users", "Users"];

/**
 * The records of an export: JSON Lines, which are read line by line, or one JSON text, an array or an object with the list
 * `users` or `Users`.
 * @throws Complaint when the file cannot be read, or is not JSON
 */
export async function* recordsIn(file: string): AsyncGenerator<Fields, void, undefined> {
  if (await isOneText(file)) {
    yield* recordsOf(parse(await readFile(file, "utf8"), file));
    return;
  }
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (line.trim() !== "") yield* recordsOf(parse(line, `${file}:${number}`));
  }
}

/** Whether a file's first line is not JSON by itself, so that the file is one JSON text. */
async function isOneText(file: string): Promise<boolean> {
  for await (const line of linesOf(file)) {
    if (line.trim() === "") continue;
    try {
      JSON.parse(line);
      return false;
    } catch {
      return true;
    }
  }
  return false;
}

async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  const stream = createReadStream(file, "utf8");
  try {
    let isFirst = true;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      yield isFirst ? line.replace(/^\uFEFF/, "") : line;
      isFirst = false;
    }
  } catch (error) {
    throw new Complaint(`cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`);
  } finally {
    stream.destroy();
  }
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new Complaint(
      `${place} is not JSON`,
      "Convert takes JSON and JSON Lines. docs/migrate.md says how to export them.",
    );
  }
}

function recordsOf(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  if (!isFields(value)) return [];
  const list = lists.map((name) => value[name]).find(Array.isArray);
  return list ? list.filter(isFields) : [value];
}
