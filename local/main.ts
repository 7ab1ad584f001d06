import { openSync, writeSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";
import { accessLog } from "../lib/audit/access-note.ts";
import { operations } from "../lib/operations.ts";
import { settings } from "../lib/settings.ts";
import { Complaint, orComplain } from "../tools/complaint.ts";
import { functionDefaults, setDefaults } from "../tools/function-settings.ts";
import { type Bucket, openBucket } from "./bucket.ts";
import { demo } from "./demo.ts";
import { type Engine, startDynoxide } from "./dynoxide.ts";
import { otherEndpoint, setEndpoint, statedHosts, statedPort } from "./environment.ts";
import {
  type DataFolder,
  dataPath,
  instanceRecorded,
  newSealSecret,
  type RunningInstance,
  type TemporaryFile,
  takeFolder,
  temporaryFile,
} from "./folder.ts";
import { type Gateway, registryHandler, startGateway } from "./gateway.ts";
import { type Inbox, inboxPages, openInbox } from "./inbox.ts";
import { type Schedule, startSchedule } from "./schedule.ts";
import { type Started, startPages } from "./start-page.ts";
import { leaveOutTokens } from "./tokens.ts";
import { makeDemoVendor, prepareTable } from "./vendors.ts";
import { type PortalFiles, portalFiles, webPages } from "./web.ts";

/** How often to check whether npm is still running. */
const parentCheckMs = 200;

// `console` ignores that nobody reads its lines any more, such as `npm start | head`. So must the functions' log.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

await orComplain(async () => {
  const { memory } = statedOptions();
  // Everything that must be closed, in the opposite order, when the program ends.
  const open = new AsyncDisposableStack();
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await open.disposeAsync().finally(() => process.exit(0));
  };
  // One Ctrl-C arrives twice, from the terminal and from npm, so a second signal is ignored.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
  // npm passes SIGTERM to its shell only. The shell ends, and this process would go on without a parent.
  const { ppid } = process;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid !== ppid && end(), parentCheckMs).unref();
  const died = (reason: string) => {
    if (ending) return;
    console.error(`The local database stopped unexpectedly (${reason}). Every answered write is stored: start again.`);
    // Immediately: closing the rest in order needs the database.
    process.exit(1);
  };
  try {
    await start(open, memory, died);
  } catch (error) {
    // A signal during the start has closed what the rest of the start needs; its error means nothing.
    if (ending) return;
    await open.disposeAsync();
    throw error;
  }
});

function statedOptions(): { memory: boolean } {
  try {
    return parseArgs({ options: { memory: { type: "boolean", default: false } } }).values;
  } catch {
    throw new Complaint("Usage: npm start [-- --memory]");
  }
}

/** Appends the line of each call to a file that only its owner can read. In AWS the functions' log has these lines. */
function writeAccessLog(file: string): void {
  let descriptor: number | undefined;
  accessLog.write = (line) => {
    try {
      descriptor ??= openSync(file, "a", 0o600);
      // Not a stream: that takes 80 µs of CPU for a line, this 10 µs.
      writeSync(descriptor, `${JSON.stringify(line)}\n`);
    } catch {
      // On a desk a call must not fail because its line cannot be written.
    }
  };
}

/** The parts of the instance that start after the gateway listens; requests wait for them. */
interface Pending {
  readonly instance: PromiseWithResolvers<RunningInstance>;
  readonly inbox: PromiseWithResolvers<Inbox>;
  readonly startPage: PromiseWithResolvers<Started>;
}

async function start(open: AsyncDisposableStack, memory: boolean, died: (reason: string) => void): Promise<void> {
  const port = statedPort();
  const hosts = statedHosts();
  const other = otherEndpoint();
  if (memory && other) throw new Complaint(`--memory and DYNAMODB_ENDPOINT (${other}) exclude each other.`);
  const { folder, temporary } = openStorage(open, memory);
  if (folder) writeAccessLog(folder.accessLogFile);
  const running: { engine?: Engine; bucket?: Bucket; inbox?: Inbox; schedule?: Schedule } = {};
  // Before the gateway, so that they are closed after its last request.
  open.defer(() => running.engine?.stop());
  open.defer(() => running.bucket?.stop());
  open.defer(() => running.inbox?.stop());
  open.defer(() => running.schedule?.stop());
  const pending: Pending = { instance: promised(), inbox: promised(), startPage: promised() };
  const portal = portalFiles();
  const gateway = await openGateway(open, pending, portal, port, hosts);

  const databaseFile = other ? undefined : (folder ?? temporary)?.databaseFile;
  if (!other) {
    running.engine = await startDynoxide(databaseFile);
    running.engine.died.then(died);
  }
  const endpoint = other ?? String(running.engine?.endpoint);
  const url = `http://localhost:${gateway.port}`;
  setEndpoint(endpoint, !other);
  running.bucket = await openBucket(folder?.filesFolder);
  setSettings(url, folder);
  if (!other) leaveOutTokens();
  await prepareTable(endpoint);
  await makeDemoVendor();

  const tableName = String(process.env.TABLE_NAME);
  running.inbox = await openInbox(endpoint, tableName, databaseFile);
  // Every process that needs the file has opened it by now.
  temporary?.unlink();
  running.inbox.pump.start();
  running.bucket.start();
  pending.inbox.resolve(running.inbox);
  const instance = { url, endpoint, tableName, folder: memory ? null : dataPath() };
  folder?.record(instance);
  pending.instance.resolve(instance);
  const inFolder = memory ? "until it stops" : `in ${asTyped(dataPath())}`;
  const place = other ? `in the table ${tableName} at ${other}` : inFolder;
  pending.startPage.resolve({ url, place, demo });
  console.log(banner(url, place));
  running.schedule = startSchedule();
  // Load all code now, so that the first call of an operation does not wait for it.
  for (const row of operations) await registryHandler(row).catch(() => {});
  await portal.build();
}

/**
 * Locks the data folder, or makes a temporary file for `--memory`.
 * @throws Complaint when another process has the folder, or when neither can be created
 */
function openStorage(open: AsyncDisposableStack, memory: boolean): { folder?: DataFolder; temporary?: TemporaryFile } {
  if (memory) {
    const temporary = temporaryFile();
    open.defer(() => temporary.unlink());
    return { temporary };
  }
  const folder = takeFolder(dataPath());
  if (!folder) {
    const owner = instanceRecorded(dataPath())?.url ?? "another process";
    throw new Complaint(
      `The data folder ${dataPath()} is in use by ${owner}: stop that, or set FRONTDESK_DATA to another folder.`,
    );
  }
  open.defer(() => folder.release());
  return { folder };
}

/** A promise that may be rejected before anyone waits for it. */
function promised<T>(): PromiseWithResolvers<T> {
  const withResolvers = Promise.withResolvers<T>();
  withResolvers.promise.catch(() => {});
  return withResolvers;
}

/** Starts the gateway. Requests wait until the instance is ready, and fail if it stops before. */
async function openGateway(
  open: AsyncDisposableStack,
  { instance, inbox, startPage }: Pending,
  portal: PortalFiles,
  port: number,
  hosts: readonly string[],
): Promise<Gateway> {
  const gateway = await startGateway({
    port,
    hosts,
    handlerOf: async (row) => {
      await instance.promise;
      if (row.id === "PortalPage") await portal.built;
      return registryHandler(row);
    },
    fileAt: portal.answerTo,
    pages: {
      ...startPages(startPage.promise),
      ...webPages(() => instance.promise.then(({ url }) => url)),
      "GET /_local/engine": async () => json(await instance.promise),
      ...inboxPages(inbox.promise),
    },
  });
  open.defer(() => gateway.close());
  open.defer(() => {
    const reason = new Error("stopped before it was ready");
    for (const each of [instance, inbox, startPage]) each.reject(reason);
  });
  return gateway;
}

/** Sets the functions' settings that the environment does not have. @throws Complaint when a setting is wrong */
function setSettings(url: string, folder: DataFolder | undefined): void {
  setDefaults(functionDefaults);
  const sender = "Frontdesk <frontdesk@mail.localhost>";
  // `openBucket` has told the SDK where the bucket is.
  const filesOrigin = new URL(String(process.env.AWS_ENDPOINT_URL_S3)).origin;
  setDefaults({ PORTAL_URL: `${url}/{org}`, LOCAL_ORIGINS: "true", MAIL_FROM: sender, FILES_ORIGIN: filesOrigin });
  if (!process.env.SEAL_SECRET && !process.env.SEAL_SECRET_ARN) {
    process.env.SEAL_SECRET = folder?.sealSecret() ?? newSealSecret();
  }
  try {
    settings();
  } catch (error) {
    throw new Complaint((error as Error).message);
  }
}

function banner(url: string, place: string): string {
  const { applicationId, applicationPassword } = demo;
  const auth = { applicationId, applicationPassword };
  const practice = { auth, accountId: "practice-1", name: "Riverside Clinic", websiteAddress: "riverside" };
  return `
Frontdesk, the directory of a healthcare product, runs on ${url}
Data is kept ${place}. Ctrl-C stops it.

Create a practice, as the demo vendor:

  curl ${url}/api/io/PracticeCreate -d '${JSON.stringify(practice)}'

Then open its portal: ${url}/riverside/
`;
}

/** A path as a user in the current folder would type it. */
function asTyped(path: string): string {
  const fromHere = relative("", path);
  return fromHere.startsWith("..") ? path : fromHere || ".";
}

/** A declaration, because pages are answered while this file still waits for the instance to be ready. */
function json(value: unknown) {
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}
