import type { Operation } from "../lib/operations.ts";
import { examplesFile } from "../tools/function-file.ts";
import type { Described, DescribedId } from "./describe.ts";
import { documentedRows } from "./handlers.ts";

/** Loads the description of one operation. @throws Error naming the file that does not describe it */
async function load(row: Operation): Promise<readonly [string, Described]> {
  const file = examplesFile(row);
  const { default: description } = (await import(file.href)) as { default: Described };
  if (description?.id !== row.id) throw new Error(`${file.pathname} does not describe ${row.id}`);
  return [row.id, description];
}

const loaded = new Map(await Promise.all(documentedRows.map(load)));

/** The descriptions of all operations, in the order of the registry. @internal Suites run over them. */
export const descriptions: readonly Described[] = [...loaded.values()];

/** The description of one operation. @throws Error if it has none */
export function descriptionOf(id: string): Described {
  const description = loaded.get(id);
  if (!description) throw new Error(`${id} is not described`);
  return description;
}

/** Whether an operation is described. */
export const isDescribed = (id: string): id is DescribedId => loaded.has(id);
