import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What is stored with an object's bytes. */
export interface ObjectHead {
  readonly contentType: string;
  /** Other headers that its readers get. */
  readonly headers: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly storedAt: string;
}

/** An object of the local bucket. */
export interface StoredObject extends ObjectHead {
  readonly bytes: Buffer;
}

/** Keeps the objects of the local bucket. */
export interface ObjectStore {
  get(key: string): StoredObject | undefined;
  put(key: string, object: StoredObject): void;
  /** Deletes an object, whether it exists or not. */
  remove(key: string): void;
  /** The keys that begin with a folder's name, such as `uploads/`. */
  keysIn(folder: string): string[];
}

/** Keeps objects in this process. */
export function objectsInMemory(): ObjectStore {
  const objects = new Map<string, StoredObject>();
  return {
    get: (key) => objects.get(key),
    put: (key, object) => void objects.set(key, object),
    remove: (key) => void objects.delete(key),
    keysIn: (folder) => [...objects.keys()].filter((key) => key.startsWith(folder)),
  };
}

/**
 * Keeps each object in a file: one line of JSON, then its bytes. A key is the file's path below the folder, so callers
 * check keys before.
 */
export function objectsInFolder(folder: string): ObjectStore {
  const fileOf = (key: string) => join(folder, key);
  return {
    get(key) {
      const content = contentOf(fileOf(key));
      if (!content) return undefined;
      const end = content.indexOf("\n");
      return { ...(JSON.parse(content.toString("utf8", 0, end)) as ObjectHead), bytes: content.subarray(end + 1) };
    },
    put(key, { bytes, ...head }) {
      mkdirSync(dirname(fileOf(key)), { recursive: true, mode: 0o700 });
      // In one step: a crash leaves either the old or the new object.
      const file = `${fileOf(key)}~`;
      writeFileSync(file, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]), { mode: 0o600 });
      renameSync(file, fileOf(key));
    },
    remove(key) {
      rmSync(fileOf(key), { force: true });
      // Each picture has a folder of its own; a folder with other files stays.
      const parent = dirname(fileOf(key));
      if (dirname(parent) !== folder && isEmpty(parent)) rmSync(parent, { recursive: true, force: true });
    },
    keysIn: (name) => filesIn(fileOf(name)).map((file) => `${name}${file}`),
  };
}

function contentOf(file: string): Buffer | undefined {
  try {
    return statSync(file).isFile() ? readFileSync(file) : undefined;
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.endsWith("~"));
  } catch {
    return [];
  }
}

const isEmpty = (folder: string) => filesIn(folder).length === 0;
