import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { functionFiles } from "../../cdk/app.ts";
import { type Bundles, bundleFunctions, schemaMethod, schemaMethods } from "../../cdk/bundle.ts";
import { objectsOf, uploadObject } from "../../lib/accounts/image/objects.ts";
import { routeOf } from "../../lib/api/routes.ts";
import type { Message } from "../../lib/messages/outbox.ts";
import { type Operation, operations } from "../../lib/operations.ts";
import { toEvent } from "../../local/gateway-event.ts";
import { startOutside } from "../../local/outside.ts";
import { imageOf, objects, putUpload, quarters, startBucket, waitingAccount } from "../functions/workers/uploads.ts";
import { referenceIn } from "../kit/reference.ts";
import { makeVendor } from "../kit/system.ts";
import { recordOf } from "../lib/messages/queue.ts";
import { mails, textMessage } from "../lib/messages/samples.ts";
import { resourcesOf, synthesize } from "./synthesis.ts";

const rows: readonly Operation[] = operations;
const kib = 1024;

let bundles: Bundles;
beforeAll(async () => {
  bundles = await bundleFunctions(functionFiles);
});
afterAll(() => bundles.remove());

const codeOf = (id: string) => readFileSync(join(bundles.directoryOf(id), "index.cjs"), "utf8");

const bytesOf = (id: string) => statSync(join(bundles.directoryOf(id), "index.cjs")).size;

/**
 * What a function loads at its start. A package, or a client, that is imported by mistake shows here, long before a bundle
 * reaches its limit.
 */
const reference = referenceIn(new URL("bundles.json", import.meta.url), ["KiB", "modules", "modules of Node"], 0.05);

test.each(Object.keys(functionFiles))("%s loads one file at its start, of as many KiB and modules as before", (id) => {
  const file = join(directoryHere(id), "index.cjs");
  delete load.cache[file];
  const before = new Set(Object.keys(load.cache));
  load(file);
  // ProcessImage has sharp, which is not bundled.
  const loaded = Object.keys(load.cache).filter((each) => !before.has(each) && !each.includes("/node_modules/"));
  expect(loaded).toEqual([realpathSync(file)]);
  const { sources } = JSON.parse(readFileSync(join(bundles.directoryOf(id), "index.cjs.map"), "utf8"));
  const ofNode = new Set(
    codeOf(id)
      .matchAll(/\brequire\("((?:node:)?[a-z_/]+)"\)/g)
      .map(([, name]) => name),
  );
  reference.compare(id, [Math.ceil(bytesOf(id) / kib), sources.length, ofNode.size]);
});

test("the bare function that starts are compared with reaches the table, though our bundles lack lib-dynamodb's conversions", async () => {
  // Its bundle lacked them too, so that the benchmark of starts failed.
  const bare = await bundleFunctions(
    { Sdk: new URL("../../lambda-test/bare.ts", import.meta.url) },
    { convertsItems: false },
  );
  try {
    const { start } = load(join(bare.directoryOf("Sdk"), "index.cjs")) as { start(): Promise<object> };
    expect(await start()).toMatchObject({ Responses: { [String(process.env.TABLE_NAME)]: [] } });
  } finally {
    bare.remove();
  }
});

// The worker that makes pictures contains clients of DynamoDB and of S3, and starts seldom.
test.each(Object.keys(functionFiles))("%s is at most 320 KiB, ProcessImage 400", (id) => {
  expect(bytesOf(id)).toBeLessThanOrEqual((id === "ProcessImage" ? 400 : 320) * kib);
});

test("the worker that makes pictures has sharp for Lambda's machine, of the version that is tested, and no sources", () => {
  const modules = join(bundles.directoryOf("ProcessImage"), "node_modules");
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const names = files.map(({ name }) => name);
  const binary = files.find(({ name }) => name.endsWith(".node"));
  expect(binary?.name).toMatch(/^sharp-linux-arm64-/);
  const header = readFileSync(join(binary?.parentPath ?? "", binary?.name ?? "")).subarray(0, 20);
  // ELF, for AArch64.
  expect([header.toString("latin1", 0, 4), header.readUInt16LE(18)]).toEqual(["\x7fELF", 183]);
  expect(names.some((name) => /^libvips-cpp\.so/.test(name))).toBe(true);
  expect(names.filter((name) => /\.(cc|h|ts|map|mjs|md|gyp)$/.test(name) && !name.startsWith("LICENSE"))).toEqual([]);
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  expect(bytes).toBeLessThanOrEqual(20 * kib * kib);
  const versionIn = (file: string) => JSON.parse(readFileSync(file, "utf8"));
  const { dependencies } = versionIn("package.json");
  expect(versionIn(join(modules, "sharp", "package.json")).version).toBe(dependencies.sharp);
  expect(versionIn("cdk/native/package.json").dependencies.sharp).toBe(dependencies.sharp);
});

/** The functions that contain the check of a password. Those of vendors contain it with the check of credentials. */
const checksPasswords = (id: string) => codeOf(id).includes('import("@node-rs/argon2")');

test("every function has its numbers in bundles.json, and no other", () => {
  reference.compareNames(Object.keys(functionFiles));
});

test("the functions that check passwords have argon2 for Lambda's machine, of the version that is tested", () => {
  const checking = rows.map(({ id }) => id).filter(checksPasswords);
  const hashing = rows.filter(({ memory }) => memory === "hash").map(({ id }) => id);
  expect(checking).toEqual(expect.arrayContaining(hashing));
  const versionIn = (file: string) => JSON.parse(readFileSync(file, "utf8"));
  const tested = versionIn("package.json").dependencies["@node-rs/argon2"];
  expect(versionIn("cdk/native/package.json").dependencies["@node-rs/argon2"]).toBe(tested);
  for (const id of checking) {
    const modules = join(bundles.directoryOf(id), "node_modules", "@node-rs");
    expect(readdirSync(modules)).toEqual(["argon2", "argon2-linux-arm64-gnu"]);
    const binary = readFileSync(join(modules, "argon2-linux-arm64-gnu", "argon2.linux-arm64-gnu.node"));
    // ELF, for AArch64.
    expect([binary.toString("latin1", 0, 4), binary.readUInt16LE(18)]).toEqual(["\x7fELF", 183]);
    for (const name of ["argon2", "argon2-linux-arm64-gnu"]) {
      expect(versionIn(join(modules, name, "package.json")).version).toBe(tested);
    }
  }
});

/** A function's directory as a machine with another processor can run it: with the packages of this machine. */
function directoryHere(id: string): string {
  const directory = bundles.directoryOf(id);
  if (!existsSync(join(directory, "node_modules"))) return directory;
  const here = join(directory, "here");
  if (!existsSync(here)) {
    mkdirSync(here);
    for (const file of readdirSync(directory).filter((name) => /\.[cm]js$/.test(name))) {
      cpSync(join(directory, file), join(here, file));
    }
    symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(here, "node_modules"));
  }
  return here;
}

test("the worker's bundle contains the one SES command that it uses, and no other", () => {
  expect(codeOf("SendMessages")).toContain("/v2/email/outbound-emails");
  expect(codeOf("SendMessages")).not.toContain("/v2/email/outbound-bulk-emails");
});

test("functions that do not use the table contain no AWS client", () => {
  for (const { id } of rows.filter(({ table }) => table === "none")) {
    expect(codeOf(id).includes("DynamoDB")).toBe(false);
    // The function of pages checks its settings, with zod.
    expect(bytesOf(id)).toBeLessThanOrEqual((id === "PortalPage" ? 128 : 64) * kib);
  }
});

const setsPasswords = ["AccountRegister", "AccountResetPassword", "AccountUpdatePassword"];
const knowsApps = ["AccountLogin", "TotpCreate", "TotpConfirm"];

test.each(Object.keys(functionFiles))("%s has a source map, without the sources' text", (id) => {
  const directory = bundles.directoryOf(id);
  const later = [
    ...(rows.some((row) => row.id === id) ? ["routes"] : []),
    ...(codeOf(id).includes("./imported-hash.cjs") ? ["imported-hash"] : []),
    ...(codeOf(id).includes("./request-secret.cjs") ? ["request-secret"] : []),
    ...(id === "CleanUp" ? ["bucket"] : []),
    ...(id === "AccountRegister" ? ["stored-hash"] : []),
    ...(setsPasswords.includes(id) ? ["password-judge"] : []),
    ...(knowsApps.includes(id) ? ["totp-codes"] : []),
  ].flatMap((name) => [`${name}.cjs`, `${name}.cjs.map`]);
  const natives = checksPasswords(id) || id === "ProcessImage" ? ["node_modules"] : [];
  // Nobody waits for workers, and a function without the table has nothing to prepare.
  const starter = rows.some((row) => row.id === id && row.table !== "none") ? ["index.mjs"] : [];
  const names = readdirSync(directory).filter((name) => name !== "here");
  expect(names.sort()).toEqual(["index.cjs", "index.cjs.map", ...starter, ...natives, ...later].sort());
  expect(codeOf(id)).toMatch(/\/\/# sourceMappingURL=index\.cjs\.map\n$/);
  const { sources, sourcesContent } = JSON.parse(readFileSync(join(directory, "index.cjs.map"), "utf8"));
  expect(sources).toContain(`../../../lib/${id === "AdmitCloudFront" ? "edge-settings" : "api/log"}.ts`);
  expect(sourcesContent).toBeUndefined();
});

test("bundles contain the DynamoDB errors that the table's code recognises by their class", () => {
  const folder = new URL("../../lib/table/", import.meta.url);
  const caught = readdirSync(folder)
    .filter((file) => file !== "create-table.ts")
    .flatMap((file) => [...readFileSync(new URL(file, folder), "utf8").matchAll(/instanceof (\w+Exception)\b/g)]);
  const names = new Set(caught.map(([, name]) => String(name)));
  expect(names.size).toBeGreaterThan(3);
  // The name of a registered error stays in minified code.
  for (const name of names) expect(codeOf("AccountLogin").includes(`"${name}"`)).toBe(true);
  // And the base error of each of the two clients is kept.
  expect([...codeOf("AccountLogin").matchAll(/[\w$]\.registerError\([\w$]+,/g)]).toHaveLength(names.size + 2);
});

test("bundles contain every method of zod's schemas that our code calls, also where no test does", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const zod = readFileSync(join(root, "node_modules", "zod", "v4", "classic", "schemas.js"), "utf8");
  const missing = new Set([...zod.matchAll(schemaMethod)].map(([, name = ""]) => name)).difference(schemaMethods);
  expect(missing.size).toBeGreaterThan(50);
  expect([...schemaMethods].filter((name) => !zod.includes(` ${name}(`) && !zod.includes(` ${name}: `))).toEqual([]);
  // Other objects have methods with these names: texts, promises, decoders, one-time passwords.
  const others = [
    "catch",
    "decode",
    "endsWith",
    "includes",
    "normalize",
    "toLowerCase",
    "toUpperCase",
    "trim",
    "validate",
  ];
  const files = ["lib", "functions"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => join(folder, file)),
  );
  const calls = files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".examples.ts"))
    .flatMap((file) => {
      const code = readFileSync(join(root, file), "utf8").replaceAll(/\s+\./g, ".");
      // `z.int()` and `z.iso.date()` are functions of zod, not methods of a schema.
      const anywhere = [...code.matchAll(/(?<!\bz(?:\.iso)?)\.(\w+)\(/g)].filter(
        ([, name = ""]) => !others.includes(name),
      );
      const onSchemas = [...code.matchAll(/\bz(?:\.iso)?\.\w+(?:\((?:[^()]|\([^()]*\))*\)\.(\w+))+\(/g)];
      return [...anywhere, ...onSchemas].map(([, name = ""]) => ({ file, name }));
    });
  expect(calls.filter(({ name }) => missing.has(name))).toEqual([]);
});

const settings = {
  TABLE_NAME: "frontdesk",
  DIRECT_DOMAIN: "direct.example.com",
  PORTAL_URL: "https://{org}.portal.example.com",
  SEAL_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:SealSecret-AbCdEf",
  MAIL_FROM: "Frontdesk <frontdesk@example.com>",
  FILES_BUCKET: "frontdesk-files",
  EVENT_YEARS: "6",
  EDGE_SECRET_NAME: "FrontdeskEdge-eu-central-1",
  EDGE_SECRET_REGION: "us-east-1",
  EDGE_SECRET_VERSION: "1",
  EDGE_ONLY: "true",
  ENTRANCES_PER_ADDRESS: "60",
  ENTRANCES_PER_APPLICATION: "1200",
};

/** The names of a function's settings in the template. */
const settingsOf = (() => {
  const { api, accounts, messages, images, cleanUp } = synthesize({ edge: "cloudfront", region: "eu-central-1" });
  return Object.fromEntries(
    [api, accounts, messages, images, cleanUp].flatMap((template) =>
      Object.entries(resourcesOf(template, "AWS::Lambda::Function")).map(([id, { Properties }]) => [
        id.replace(/^EdgeGuard|Function$/g, ""),
        Object.keys(Properties.Environment?.Variables ?? {}) as (keyof typeof settings)[],
      ]),
    ),
  );
})();

/** What the workers return when there was nothing to do, and the authorizer about a request without a header. */
const ofNothing: Readonly<Record<string, unknown>> = {
  SendMessages: { batchItemFailures: [] },
  ProcessImage: undefined,
  CleanUp: { batchItemFailures: [] },
  EraseOverdue: undefined,
  AdmitCloudFront: { isAuthorized: false, context: { throughEdge: "no" } },
};

/** An event that a function handles without the table: a request with another route, or nothing for a worker. */
const nothingToDo = (id: string) => {
  if (id in ofNothing) return { Records: [], detail: { bucket: { name: "another" }, object: { key: "" } } };
  const [row] = rows.filter((row) => row.id === id);
  const [path = ""] = row?.paths ?? [];
  const request = {
    method: "GET",
    target: "/nowhere",
    headers: {},
    body: Buffer.alloc(0),
    sourceIp: "",
    now: new Date(),
  };
  return toEvent(request, { row: row as Operation, path, pathParameters: { rest: "below" } });
};

/** The context of a call: the worker without an event has nothing to do only when it has no time. */
const noTime = (id: string) => (id === "EraseOverdue" ? { getRemainingTimeInMillis: () => 0 } : {});

test.each(Object.keys(functionFiles))(
  "%s works with its settings, and fails with one line before it does anything when one is missing or wrong",
  async (id) => {
    const before = { ...process.env };
    const loadAnew = () => {
      const file = join(directoryHere(id), "index.cjs");
      delete load.cache[file];
      return (load(file) as { handler: Handler }).handler;
    };
    const start = (handler: Handler, given: Readonly<Record<string, string>>) => {
      for (const name of [...Object.keys(settings), "SEAL_SECRET"]) delete process.env[name];
      Object.assign(process.env, given);
      return handler(nothingToDo(id), noTime(id));
    };
    const all = Object.fromEntries((settingsOf[id] ?? []).map((name) => [name, settings[name]]));
    let failed = loadAnew();
    const expectComplaint = async (name: string, given: Readonly<Record<string, string>>) => {
      const complaint = new RegExp(`^Frontdesk cannot start: wrong settings: ${name}: [^\n]+$`);
      // A function keeps the settings that were right. So where one that has failed before does not complain, a new one must: to
      // load each one anew would take most of the time of this file.
      const answer: unknown = await start(failed, given).catch((error) => error);
      if (answer instanceof Error && complaint.test(answer.message)) return;
      failed = loadAnew();
      await expect(start(failed, given), `${name} is ${given[name]}`).rejects.toThrow(complaint);
    };
    try {
      const answer = await start(loadAnew(), all);
      expect(answer).toEqual(id in ofNothing ? ofNothing[id] : expect.objectContaining({ statusCode: 404 }));
      for (const name of Object.keys(all)) {
        const { [name]: _, ...others } = all;
        await expectComplaint(name, others);
        await expectComplaint(name, { ...all, [name]: "?" });
      }
    } finally {
      Object.assign(process.env, before);
    }
  },
);

test.each(setsPasswords)("%s loads the password word lists only when it judges a password", (id) => {
  const file = join(bundles.directoryOf(id), "password-judge.cjs");
  expect(codeOf(id)).toContain('import("./password-judge.cjs")');
  expect(codeOf(id)).not.toContain("qwerty");
  expect(readFileSync(file, "utf8")).toContain("qwerty");
  const { scorePassword } = load(file) as { scorePassword: (password: string, personal: string[]) => number };
  expect([scorePassword("qwerty12", []), scorePassword("Heliotrope-Cantata-71", [])]).toEqual([0, 4]);
});

test("functions load the routes of all operations only when a path does not lead to theirs", () => {
  for (const { id } of rows) {
    expect(codeOf(id)).toContain('import("./routes.cjs")');
    expect(codeOf(id)).not.toMatch(/accounts\/\{|\/\{org\}\//);
  }
  const { methodsAt, routeOf } = load(
    join(bundles.directoryOf("AccountLogin"), "routes.cjs"),
  ) as typeof import("../../lib/api/routes.ts");
  expect(methodsAt("/acme/v2/accounts/me")).toEqual(["POST", "GET", "HEAD", "PUT", "PATCH", "DELETE"]);
  expect(routeOf("POST", "/api/io/ping").row.id).toBe("Ping");
});

test("functions load the check of other systems' hashes only when they meet one", async () => {
  const checking = rows.map(({ id }) => id).filter((id) => codeOf(id).includes('import("./imported-hash.cjs")'));
  expect(checking).toEqual(expect.arrayContaining(["PingWithAuth", "AccountLogin", "AccountUpdatePassword"]));
  for (const id of checking) expect(checksPasswords(id)).toBe(true);
  const file = join(bundles.directoryOf("AccountLogin"), "imported-hash.cjs");
  const { verifyImported } = load(file) as typeof import("../../lib/crypto/imported-hash.ts");
  const text = "$2a$08$cfcvVd2aQ8CMvoMpP2EBfeodLEkkFJ9umNEfPD18.hUF62qqlC/V.";
  expect(await verifyImported("a", text)).toBe(true);
});

test("exactly the functions whose rows say that they seal, the worker that sends messages, and the authorizer read a secret", () => {
  const reading = Object.keys(functionFiles).filter((id) => codeOf(id).includes("GetSecretValue"));
  expect(reading).toEqual([
    ...rows.filter(({ seals }) => seals).map(({ id }) => id),
    "SendMessages",
    "AdmitCloudFront",
  ]);
});

test("exactly the functions whose rows say so sign addresses of the bucket: of uploads, or of pictures", () => {
  const signing = (words: string) => rows.map(({ id }) => id).filter((id) => codeOf(id).includes(words));
  const stating = (files: Operation["files"]) => rows.filter((row) => row.files === files).map(({ id }) => id);
  expect(signing("success_action_status")).toEqual(stating("write"));
  expect(signing("response-content-disposition")).toEqual(stating("read"));
  expect(stating("write")).not.toEqual([]);
});

test.each([
  ["mail", "MessageRejected", mails[0]],
  ["mail", "BadRequestException", mails[0]],
  ["a text message", "InvalidParameter", textMessage],
  ["a text message", "ParameterValueInvalid", textMessage],
] as const)("the worker's bundle sends %s, and does not retry one that is refused: %s", async (_, code, message) => {
  const outside = await startOutside();
  Object.assign(process.env, outside.environment, { MAIL_FROM: settings.MAIL_FROM, LOG_LEVEL: "SILENT" });
  delete process.env.SEAL_SECRET_ARN;
  try {
    const file = join(bundles.directoryOf("SendMessages"), "index.cjs");
    delete load.cache[file];
    const { handler } = load(file) as { handler: (event: object) => Promise<object> };
    const [sent, refused] = [await recordOf(message as Message), await recordOf(message as Message)];
    expect(await handler({ Records: [sent] })).toEqual({ batchItemFailures: [] });
    expect(outside.messages()).toHaveLength(1);
    outside.failNext(1, { status: 400, code });
    expect(await handler({ Records: [refused] })).toEqual({ batchItemFailures: [] });
    expect(await handler({ Records: [refused] })).toEqual({ batchItemFailures: [] });
    expect(outside.messages()).toHaveLength(1);
  } finally {
    delete process.env.LOG_LEVEL;
    await outside.stop();
  }
});

test("the bundles of both workers make a picture and delete it", async () => {
  const bucket = await startBucket();
  process.env.LOG_LEVEL = "SILENT";
  try {
    const handlerOf = (id: string) => {
      const file = join(directoryHere(id), "index.cjs");
      delete load.cache[file];
      return (load(file) as { handler: (event: object) => Promise<unknown> }).handler;
    };
    const { uploadId, ...account } = await waitingAccount();
    putUpload(uploadId, await quarters().png().toBuffer());
    const detail = { bucket: { name: bucket.environment.FILES_BUCKET }, object: { key: uploadObject(uploadId) } };
    await handlerOf("ProcessImage")({ detail });
    expect(await imageOf(account)).toMatchObject({ state: 2, content: { width: 64, height: 48 } });
    expect(objectsOf(uploadId).filter((key) => objects.get(key))).toHaveLength(2);

    const names = { L: objectsOf(uploadId).map((S) => ({ S })) };
    const NewImage = { type: { S: "filesToDelete" }, objects: names };
    const event = { Records: [{ eventName: "INSERT", dynamodb: { NewImage } }] };
    expect(await handlerOf("CleanUp")(event)).toEqual({ batchItemFailures: [] });
    expect(objectsOf(uploadId).filter((key) => objects.get(key))).toEqual([]);
  } finally {
    delete process.env.LOG_LEVEL;
    await bucket.stop();
  }
});

test("a bundle answers as its source does, with credentials from the environment and the secret from Secrets Manager", async () => {
  const secretReads: unknown[] = [];
  const secrets = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body) => {
      secretReads.push({ target: request.headers["x-amz-target"], ...JSON.parse(body) });
      response.setHeader("content-type", "application/x-amz-json-1.1").end('{"SecretString":"made by a test"}');
    });
  });
  await new Promise<void>((resolve) => secrets.listen(0, "127.0.0.1", resolve));
  const SEAL_SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:SealSecret-AbCdEf";
  const { port } = secrets.address() as { port: number };
  Object.assign(process.env, { SEAL_SECRET_ARN, AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}` });
  delete process.env.SEAL_SECRET;
  try {
    const auth = await makeVendor();
    expect(await call("Ping", {})).toMatchObject({ responseCode: 2000 });
    for (const accountId of ["one", "two"]) {
      expect(await call("PracticeCreate", { auth, accountId, name: "Practice" })).toMatchObject({ responseCode: 2000 });
    }
    const login = { loginId: "bundled@example.com", loginPassword: "Correct-Horse-1" };
    const user = { userId: "u", firstName: "Ann", lastName: "Lee", loginId: login.loginId };
    const created = await call("UserCreate", {
      auth: { ...auth, accountId: "one" },
      ...user,
      loginPassword: login.loginPassword,
    });
    expect(created).toMatchObject({ responseCode: 2000 });
    expect(await call("PingWithAuth", { auth: login })).toMatchObject({ responseCode: 2000 });
    const wrong = await call("PingWithAuth", { auth: { ...login, loginPassword: "wrong" } });
    expect(wrong).toMatchObject({ responseCode: 4010 });

    const first = await call("PracticeList", { auth, limit: 1 });
    expect(first).toMatchObject({ responseCode: 2000, practiceList: [{ accountId: "one" }] });
    const second = await call("PracticeList", { auth, limit: 1, cursor: first.cursor });
    expect(second).toMatchObject({ responseCode: 2000, practiceList: [{ accountId: "two" }] });
    expect(secretReads).toEqual([
      { target: "secretsmanager.GetSecretValue", SecretId: SEAL_SECRET_ARN, VersionStage: "AWSCURRENT" },
    ]);
  } finally {
    secrets.close();
  }
});

/** A server in place of DynamoDB and Secrets Manager that notes what it is asked, and how many connections it had. */
async function startAws({ refuseFirst = false } = {}) {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const action = String(request.headers["x-amz-target"]).split(".").at(-1);
      asked.push(body.includes('"VENDOR#"') ? `${action} of nobody` : String(action));
      if (refuseFirst && asked.length === 1) {
        response.writeHead(400, { "content-type": "application/x-amz-json-1.0" });
        return response.end('{"__type":"com.amazon.coral.service#AccessDeniedException"}');
      }
      const answer = { Responses: {}, UnprocessedKeys: {}, SecretString: "a secret that only this test uses" };
      response.setHeader("content-type", "application/x-amz-json-1.0").end(JSON.stringify(answer));
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const endpoint = `http://127.0.0.1:${port}`;
  return { endpoint, asked, connections: () => connections, stop: () => server.close() };
}

/** Loads a function as Lambda does, in a process of its own, and then calls it. Returns what it answered. */
async function startAndCall(id: string, body: object, endpoint: string): Promise<APIGatewayProxyStructuredResultV2> {
  const target = `/api/io/${id}`;
  const headers = { host: "frontdesk.test", "content-type": "application/json" };
  const bytes = Buffer.from(JSON.stringify(body));
  const request = { method: "POST", target, headers, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  const event = JSON.stringify(toEvent(request, routeOf("POST", target)));
  const file = pathToFileURL(join(directoryHere(id), id === "Ping" ? "index.cjs" : "index.mjs")).href;
  const program = `const { handler } = await import(${JSON.stringify(file)});
    process.stdout.write("loaded ");
    console.log(JSON.stringify(await handler(${event}, {})));
    process.exit();`;
  const env = {
    ...settings,
    PATH: process.env.PATH,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    LOG_LEVEL: "SILENT",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { env });
  return JSON.parse(stdout.split("loaded ")[1] ?? "");
}

const nobody = { auth: { applicationId: "nobody", applicationPassword: "wrong" } };

test("before its first call a function has a connection to the table, which the call uses", async () => {
  const aws = await startAws();
  try {
    const { body } = await startAndCall("PracticeGet", nobody, aws.endpoint);
    expect(JSON.parse(body ?? "")).toMatchObject({ responseCode: 4010 });
    expect(aws.asked).toEqual(["BatchGetItem of nobody", "BatchGetItem"]);
    expect(aws.connections()).toBe(1);
  } finally {
    aws.stop();
  }
});

test("before its first call a function that seals has the sealing secret", async () => {
  const aws = await startAws();
  try {
    await startAndCall("PracticeList", nobody, aws.endpoint);
    expect(aws.asked.slice(0, 2).toSorted()).toEqual(["BatchGetItem of nobody", "GetSecretValue"]);
    expect(aws.asked.slice(2)).not.toContain("GetSecretValue");
  } finally {
    aws.stop();
  }
});

test("a function that does not use the table asks nothing before its first call", async () => {
  const aws = await startAws();
  try {
    const { body } = await startAndCall("Ping", {}, aws.endpoint);
    expect(JSON.parse(body ?? "")).toMatchObject({ responseCode: 2000 });
    expect(aws.asked).toEqual([]);
  } finally {
    aws.stop();
  }
});

test("a function that the table refuses at first starts, and answers its first call", async () => {
  const aws = await startAws({ refuseFirst: true });
  try {
    const { body } = await startAndCall("PracticeGet", nobody, aws.endpoint);
    expect(JSON.parse(body ?? "")).toMatchObject({ responseCode: 4010 });
    expect(aws.asked).toEqual(["BatchGetItem of nobody", "BatchGetItem"]);
  } finally {
    aws.stop();
  }
});

type Handler = (event: unknown, context: unknown) => Promise<APIGatewayProxyStructuredResultV2>;
const load = createRequire(import.meta.url);

/** Calls an `/api/io` method's bundle. */
async function call(id: string, body: unknown) {
  const { handler } = load(join(directoryHere(id), "index.cjs")) as { handler: Handler };
  // Lambda takes a third parameter for a callback, which it no longer supports on Node.js 24.
  expect(handler.length).toBeLessThan(3);
  const target = `/api/io/${id}`;
  const headers = { host: "frontdesk.test", "content-type": "application/json" };
  const bytes = Buffer.from(JSON.stringify(body));
  const request = { method: "POST", target, headers, body: bytes, sourceIp: "127.0.0.1", now: new Date() };
  const answer = await handler(toEvent(request, routeOf("POST", target)), {});
  return JSON.parse(answer.body ?? "");
}
