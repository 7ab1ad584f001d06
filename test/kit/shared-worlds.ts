import { documents } from "../../lib/table/client.ts";
import type { Key } from "../../lib/table/records.ts";
import type { WorldName } from "../../openapi/worlds.ts";
import { whenTableIsEmptied } from "./engine.ts";
import { askEngine, type JsonItem } from "./engine-requests.ts";
import { makeWorld, type World } from "./worlds.ts";

/**
 * Worlds that many calls share, including calls that write: before each call, the world is put back to its first state.
 * That takes one request to the table; a new world takes five to twenty.
 */
export interface SharedWorld {
  readonly world: World;
  /** When the world was made. Calls at this time find sessions that were just used. */
  readonly madeAt: Date;
  /**
   * Runs `work` in the world's first state. One at a time. Its writes stay until the next `run` or `add`. The engine must
   * answer: what it did without an answer is not undone.
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Makes more records, which belong to the world's first state from then on. */
  add<T>(work: () => Promise<T>): Promise<T>;
}

/** How calls share a world. */
export interface Sharing {
  /** Calls for different uses get different worlds. Default: one use. */
  readonly use?: string;
  /**
   * Whether each call finds its session as it was made. Default: a session that was used stays so, and the calls after the
   * first one make a request less.
   */
  readonly newSessions?: boolean;
}

/** The keys that requests have written, by their text, and the end of each request. */
interface Writes {
  readonly keys: Map<string, Key>;
  readonly ends: Promise<void>[];
  /** Whether to leave out a request. */
  readonly isKept: (input: Input) => boolean;
}

/** What is recorded at the moment. */
const recordings = new Set<Writes>();

const textOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;

interface Write {
  readonly Item?: Key;
  readonly Key?: Key;
}
interface Input extends Write {
  readonly TransactItems?: readonly Readonly<Record<string, Write>>[];
  readonly UpdateExpression?: string;
}

const isRead = (command: string) => /^(GetItem|BatchGetItem|Query|Scan)Command$/.test(command);

/**
 * The keys that a request writes, without those of counts of calls, which belong to no world. A condition counts as well: to put
 * back what has not changed does no harm.
 */
function keysWritten({ Item, Key, TransactItems = [] }: Input): Key[] {
  const writes = [{ Item, Key }, ...TransactItems.flatMap((item) => Object.values(item))];
  return writes
    .flatMap((write) => write.Item ?? write.Key ?? [])
    .filter(({ pk }) => !pk.startsWith("LIMIT#"))
    .map(({ pk, sk }) => ({ pk, sk }) as Key);
}

/** Whether a write only notes the last use of a session. */
const notesUse = ({ Key, UpdateExpression }: Input) =>
  String(Key?.pk).startsWith("SESSION#") && UpdateExpression === "SET lastSeenAt = :now";

/** Whether the engine has refused a request, and so has written nothing. */
const isRefusal = (error: { readonly $metadata?: { readonly httpStatusCode?: number } }) =>
  error.$metadata?.httpStatusCode === 400;

documents.middlewareStack.add(
  (next, { commandName }) =>
    (args) => {
      const sent = next(args);
      const input = args.input as Input;
      if (isRead(String(commandName))) return sent;
      for (const { keys, ends, isKept } of recordings) {
        const record = () => {
          for (const key of isKept(input) ? [] : keysWritten(input)) keys.set(textOf(key), key);
        };
        ends.push(sent.then(record, (error) => (isRefusal(error) ? undefined : record())));
      }
      return sent;
    },
  { step: "initialize", name: "writes in shared worlds" },
);

/** Runs `work`, and records the keys that it writes, also by requests that it does not wait for. */
async function recording<T>(
  keys: Map<string, Key>,
  work: () => Promise<T>,
  isKept: (input: Input) => boolean = () => false,
): Promise<T> {
  const writes: Writes = { keys, ends: [], isKept };
  recordings.add(writes);
  try {
    return await work();
  } finally {
    await Promise.all(writes.ends);
    recordings.delete(writes);
  }
}

const rawKey = ({ pk, sk }: Key) => ({ pk: { S: pk }, sk: { S: sk } });
const parts = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, place) => all.slice(place * size, (place + 1) * size));

/** The items of keys, by the keys' text. Keys without an item are left out. */
async function itemsOf(keys: readonly Key[]): Promise<Map<string, JsonItem>> {
  const table = String(process.env.TABLE_NAME);
  const items = new Map<string, JsonItem>();
  for (const some of parts(keys, 100)) {
    const RequestItems = { [table]: { Keys: some.map(rawKey), ConsistentRead: true } };
    const { Responses, UnprocessedKeys } = await askEngine("BatchGetItem", { RequestItems });
    if (Object.keys(UnprocessedKeys ?? {}).length > 0) throw new Error("the engine left keys unread");
    for (const item of Responses?.[table] ?? []) {
      items.set(textOf({ pk: item.pk?.S, sk: item.sk?.S } as Key), item);
    }
  }
  return items;
}

async function writeItems(requests: readonly object[]): Promise<void> {
  for (const some of parts(requests, 25)) {
    const RequestItems = { [String(process.env.TABLE_NAME)]: some };
    const { UnprocessedItems } = await askEngine("BatchWriteItem", { RequestItems });
    if (Object.keys(UnprocessedItems ?? {}).length > 0) throw new Error("the engine left items unwritten");
  }
}

/** Saves the cookies and the CSRF token of a world's client. @returns a function that puts them back */
function keepClient({ client: sender }: World): () => void {
  if (!sender) return () => {};
  const [cookies, csrf] = [[...sender.cookies], sender.csrf];
  return () => {
    sender.cookies.clear();
    for (const [name, value] of cookies) sender.cookies.set(name, value);
    sender.csrf = csrf;
  };
}

/** Makes a world that many calls can share. @param make makes the world itself */
export async function makeSharedWorld(
  name: WorldName,
  { newSessions = false }: Pick<Sharing, "newSessions"> = {},
  make: (name: WorldName) => Promise<World> = makeWorld,
): Promise<SharedWorld> {
  /** The items that belong to the world, as they were at first. */
  const first = new Map<string, JsonItem>();
  /** The keys that the last `run` has written. */
  const written = new Map<string, Key>();
  let restoreClient = () => {};

  const putBack = async () => {
    restoreClient();
    const requests = [...written].map(([text, key]) => {
      const Item = first.get(text);
      return Item ? { PutRequest: { Item } } : { DeleteRequest: { Key: rawKey(key) } };
    });
    await writeItems(requests);
    written.clear();
  };
  const add = async <T>(work: () => Promise<T>): Promise<T> => {
    await putBack();
    const keys = new Map<string, Key>();
    const answer = await recording(keys, work);
    for (const [text, item] of await itemsOf([...keys.values()])) first.set(text, item);
    return answer;
  };

  const world = await add(() => make(name));
  return {
    world: { ...world, administrator: (options) => add(() => world.administrator(options)) },
    madeAt: new Date(),
    async run(work) {
      await putBack();
      restoreClient = keepClient(world);
      return recording(written, work, newSessions ? undefined : notesUse);
    },
    add,
  };
}

const shared = new Map<string, Promise<SharedWorld>>();
whenTableIsEmptied(() => shared.clear());

/** The world of a name that the calls of a test file share. */
export function sharedWorld(name: WorldName, { use = "", newSessions = false }: Sharing = {}): Promise<SharedWorld> {
  const key = [name, use, newSessions].join("\n");
  const known = shared.get(key) ?? makeSharedWorld(name, { newSessions });
  shared.set(key, known);
  return known;
}
