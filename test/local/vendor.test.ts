import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { admitsVendor, newVendor, withClientKey } from "../../lib/practices/vendor.ts";
import { clientKeyKey, vendorKey } from "../../lib/table/keys.ts";
import { queryPage } from "../../lib/table/page.ts";
import { readItems } from "../../lib/table/read.ts";
import { write } from "../../lib/table/transact.ts";
import { vendorCommands } from "../../local/vendor-commands.ts";
import { Complaint } from "../../tools/complaint.ts";
import {
  callAt,
  cleanUp,
  type Instance,
  type Outcome,
  programFile,
  runMeanwhile,
  runVendor,
  startInstance,
  startSharedInstance,
  temporaryFolder,
  until,
} from "../kit/children.ts";
import { vendorWrite } from "../kit/system.ts";

const servers: Server[] = [];

/** An endpoint at which no database answers. */
const nowhere = { DYNAMODB_ENDPOINT: "http://127.0.0.1:1" };

/** A command without a database gives up after several seconds. It waits while other tests run. */
let withoutDatabase: Promise<Outcome>;
beforeAll(() => {
  withoutDatabase = runMeanwhile(programFile("vendor"), ["list"], { PORT: "1", ...nowhere });
});
afterAll(() => withoutDatabase);

afterEach(async () => {
  await cleanUp();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

const passwordIn = (stdout: string) => /^applicationPassword +([A-Za-z0-9]{44})$/m.exec(stdout)?.[1] ?? "none";
const keyIn = (stdout: string) => /^client key +([A-Za-z0-9]{22})$/m.exec(stdout)?.[1] ?? "none";

/** Runs a command that must succeed. Returns its output. */
async function succeed(args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await runVendor(args, environment);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

/** Runs a command that must fail with one line. Returns the line. */
async function fail(args: readonly string[], environment: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await runVendor(args, environment);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  return stderr.trimEnd();
}

describe("npm run vendor with a running instance", () => {
  // Most tests share an instance. Each has its own vendor.
  const environment = { FRONTDESK_DATA: mkdtempSync(join(tmpdir(), "frontdesk-test-")) };
  let instance: Instance;
  beforeAll(async () => {
    instance = await startSharedInstance(environment);
  });
  afterAll(async () => {
    await instance?.kill("SIGTERM");
    rmSync(environment.FRONTDESK_DATA, { recursive: true });
  });

  const ping = async (applicationId: string, applicationPassword: string): Promise<number> =>
    (await callAt(instance.url, "PingWithApplicationAuth", { auth: { applicationId, applicationPassword } }))
      .responseCode;

  it("a created vendor can make calls", async () => {
    const printed = await succeed(["create", "--id", "acme", "--name", "Acme EHR"], environment);
    expect(printed).toMatch(
      /^applicationId +acme\napplicationPassword +[A-Za-z0-9]{44}\nThe password is shown only once: Frontdesk stores only a digest of it\.\n$/,
    );
    expect(await ping("acme", passwordIn(printed))).toBe(2000);
    expect(await ping("acme", `${passwordIn(printed)}x`)).toBe(4010);
    expect(await ping("demo", passwordIn(printed))).toBe(4010);
  });

  it("a disabled vendor cannot make calls until it is enabled", async () => {
    const password = passwordIn(await succeed(["create", "--id", "paused", "--name", "Acme EHR"], environment));
    expect(await succeed(["disable", "--id", "paused"], environment)).toBe("paused is disabled.\n");
    expect(await ping("paused", password)).toBe(4010);
    expect(await succeed(["enable", "--id", "paused"], environment)).toBe("paused is enabled.\n");
    expect(await ping("paused", password)).toBe(2000);
  });

  it("a password stays valid for one rotation, and ends with the second", async () => {
    const first = passwordIn(await succeed(["create", "--id", "rotated", "--name", "Acme EHR"], environment));
    const printed = await succeed(["rotate", "--id", "rotated"], environment);
    expect(printed).toContain("The previous password stays valid until the next rotation.\n");
    const second = passwordIn(printed);
    expect([await ping("rotated", first), await ping("rotated", second)]).toEqual([2000, 2000]);
    const third = passwordIn(await succeed(["rotate", "--id", "rotated"], environment));
    expect([await ping("rotated", first), await ping("rotated", second), await ping("rotated", third)]).toEqual([
      4010, 2000, 2000,
    ]);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it("finds the instance by its port", async () => {
    const before = instance.stdout().length;
    expect(await succeed(["list"], { ...environment, PORT: new URL(instance.url).port })).toMatch(/^demo /m);
    await until(() => /^GET \/_local\/engine 200 \d+ ms$/m.test(instance.stdout().slice(before)));
  });

  it("uses its own data folder when the instance has another one", async () => {
    const other = { FRONTDESK_DATA: temporaryFolder(), PORT: new URL(instance.url).port };
    expect(await succeed(["list"], other)).toBe("ID  NAME  STATE  SECRETS  CLIENT KEYS  CREATED\n");
  });

  it("uses an instance in memory by its port", async () => {
    const { url } = await startInstance({}, ["--memory"]);
    const environment = { FRONTDESK_DATA: temporaryFolder(), PORT: new URL(url).port };
    const { code, stdout, stderr } = await runVendor(["create", "--id", "acme", "--name", "Acme EHR"], environment);
    expect([code, stderr]).toEqual([0, `(using the instance in memory at ${url})\n`]);
    const auth = { applicationId: "acme", applicationPassword: passwordIn(stdout) };
    expect(await callAt(url, "PingWithApplicationAuth", { auth })).toMatchObject({ responseCode: 2000 });
  });

  it("uses the instance's table, also when it has another name", async () => {
    const environment = { FRONTDESK_DATA: temporaryFolder() };
    await startInstance({ ...environment, TABLE_NAME: "another-table" });
    expect(await succeed(["list"], environment)).toMatch(/^demo /m);
  });
});

describe("npm run vendor without a running instance", () => {
  it("uses the data folder", async () => {
    const environment = { FRONTDESK_DATA: temporaryFolder() };
    const password = passwordIn(await succeed(["create", "--id", "acme", "--name", "Acme EHR"], environment));
    const key = keyIn(await succeed(["client-key", "--id", "acme"], environment));
    await succeed(["create", "--id", "Z.e_d-1", "--name", " Zed "], environment);
    await succeed(["disable", "--id", "Z.e_d-1"], environment);
    await succeed(["rotate", "--id", "Z.e_d-1"], environment);
    const printed = await succeed(["list"], environment);
    const lines = printed.split("\n").map((line) => line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z$/, "WHEN"));
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["ID", "NAME", "STATE", "SECRETS", "CLIENT KEYS", "CREATED"],
      ["Z.e_d-1", "Zed", "disabled", "2", "-", "WHEN"],
      ["acme", "Acme EHR", "enabled", "1", key, "WHEN"],
      [""],
    ]);
    expect(printed).not.toContain(password);

    const { url } = await startInstance(environment);
    const auth = { applicationId: "acme", applicationPassword: password };
    expect(await callAt(url, "PingWithApplicationAuth", { auth })).toMatchObject({ responseCode: 2000 });
  });

  it("lets several commands at the same time wait for each other", async () => {
    const environment = { FRONTDESK_DATA: temporaryFolder() };
    const ids = ["one", "two", "three"];
    await Promise.all(ids.map((id) => succeed(["create", "--id", id, "--name", id], environment)));
    expect((await succeed(["list"], environment)).match(/^\w+(?= )/gm)).toEqual(["ID", "one", "three", "two"]);
  });
});

describe("npm run vendor in the table", () => {
  // Most commands run in this process, which is faster. Two commands run as programs on the same table.
  const runHere = (command: keyof typeof vendorCommands, id: string, name = "") =>
    vendorCommands[command]({ id, name });
  const environment = {
    DYNAMODB_ENDPOINT: String(process.env.AWS_ENDPOINT_URL_DYNAMODB),
    TABLE_NAME: String(process.env.TABLE_NAME),
  };
  const find = async (id: string) => (await readItems({ vendor: vendorKey(id) })).vendor;
  const eventsOf = async (id: string) =>
    (await queryPage<Record<string, unknown>>({ pk: vendorKey(id).pk, sk: "EVENT#" }, 100)).items;

  it("stores an audit event for each write, which names the operator, no address and no secret", async () => {
    const id = "with-events";
    const password = passwordIn(await runHere("create", id, "With events"));
    for (const command of ["rotate", "client-key", "disable", "enable"] as const) await runHere(command, id);
    const events = await eventsOf(id);
    expect(events.map(({ what, changed }) => [what, changed])).toEqual([
      ["vendor.created", ["name", "secretDigests", "disabled", "clientKeys"]],
      ["vendor.rotated", ["secretDigests"]],
      ["vendor.clientKeyAdded", ["clientKeys"]],
      ["vendor.disabled", ["disabled"]],
      ["vendor.enabled", ["disabled"]],
    ]);
    for (const { type, who, record, ...event } of events) {
      expect([type, who, record]).toEqual(["event", { kind: "operator" }, { applicationId: id }]);
      expect(event).not.toHaveProperty("sourceIp");
    }
    const vendor = await find(id);
    expect(vendor?.version).toBe(5);
    expect(admitsVendor(vendor, password)).toBe(true);
    expect(JSON.stringify([vendor, events])).not.toContain(password);
  });

  it("stores a client key as its own item, and lists it with its vendor", async () => {
    const id = "with-keys";
    await runHere("create", id, "With keys");
    const keys = [keyIn(await runHere("client-key", id)), keyIn(await runHere("client-key", id))];
    expect((await find(id))?.clientKeys).toEqual(keys);
    for (const key of keys) {
      expect((await readItems({ claim: clientKeyKey(key) })).claim).toEqual({
        ...clientKeyKey(key),
        type: "clientKey",
        applicationId: id,
      });
    }
  });

  it("does not create a vendor that exists", async () => {
    const id = "made-once";
    const password = passwordIn(await succeed(["create", "--id", id, "--name", "Made once"], environment));
    expect(await fail(["create", "--id", id, "--name", "Made twice"], environment)).toBe(
      "There is a vendor made-once already.",
    );
    const vendor = await find(id);
    expect(vendor?.name).toBe("Made once");
    expect(admitsVendor(vendor, password)).toBe(true);
    expect(await eventsOf(id)).toHaveLength(1);
  });

  it("creates one vendor when two commands with the same id run at once", async () => {
    const id = "made-by-one";
    const outcomes = await Promise.all(
      ["One", "Two"].map((name) => runVendor(["create", "--id", id, "--name", name], environment)),
    );
    expect(outcomes.map(({ code }) => code).toSorted()).toEqual([0, 1]);
    const [winner] = outcomes.filter(({ code }) => code === 0);
    expect(admitsVendor(await find(id), passwordIn(winner?.stdout ?? ""))).toBe(true);
  });

  it("lists all vendors when there are more than a page holds", async () => {
    const ids = Array.from({ length: 101 }, (_, place) => `many-${String(place).padStart(3, "0")}`);
    for (const id of ids) {
      const vendor = withClientKey(newVendor(id, "One of many", "secret", new Date()), `key-of-${id}`);
      const { parts } = vendorWrite(undefined, vendor);
      await write(() => parts);
    }
    expect((await runHere("list", "")).match(/^many-\d+/gm)).toEqual(ids);
  });
});

describe("npm run vendor fails with one clear line", () => {
  const usage =
    "Usage: npm run vendor -- create --id ID --name NAME | list | rotate --id ID | disable --id ID | enable --id ID | client-key --id ID; with --stack NAME in AWS";

  // Errors must be found before the database is used, so no database answers here.
  it.each([
    [[]],
    [["destroy", "--id", "acme"]],
    [["toString"]],
    [["list", "all"]],
    [["list", "--verbose"]],
    [["create", "--id"]],
  ])("about %j", async (args) => {
    expect(await fail(args, nowhere)).toBe(usage);
  });

  it.each([
    [["create", "--name", "Acme"], "create needs --id."],
    [["create", "--id", "acme"], "create needs --name."],
    [["create", "--id", "acme", "--name", " "], "create needs --name."],
    [["rotate"], "rotate needs --id."],
    [["disable"], "disable needs --id."],
    [["enable"], "enable needs --id."],
    [["client-key"], "client-key needs --id."],
    [["list", "--stack", ""], "--stack needs a name."],
  ])("about %j", async (args, what) => {
    expect(await fail(args, nowhere)).toBe(`${what} ${usage}`);
  });

  const here = { DYNAMODB_ENDPOINT: String(process.env.AWS_ENDPOINT_URL_DYNAMODB) };

  it.each(["a b", "a#b", "ä", "a/b", "x".repeat(65)])("about the id %j", async (id) => {
    await expect(vendorCommands.create({ id, name: "Name" })).rejects.toThrow(
      new Complaint(`"${id}" cannot be an id: 1 to 64 letters, digits, ".", "_" or "-".`),
    );
  });

  it("about a name that is too long", async () => {
    expect(await fail(["create", "--id", "long", "--name", "x".repeat(256)], here)).toBe(
      "The name must have at most 255 characters, none of them a control character.",
    );
    await succeed(["create", "--id", "long", "--name", "x".repeat(255)], here);
  });

  it.each(["rotate", "disable", "enable", "client-key"] as const)(
    "about a vendor that %s does not find",
    async (command) => {
      await expect(vendorCommands[command]({ id: "nobody", name: "" })).rejects.toThrow(
        new Complaint("There is no vendor nobody."),
      );
    },
  );
  it("about an error of a command, such as an unknown vendor", async () => {
    expect(await fail(["rotate", "--id", "nobody"], here)).toBe("There is no vendor nobody.");
  });

  it("about a database that does not answer", async () => {
    const { code, stdout, stderr } = await withoutDatabase;
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^The database at http:\/\/127\.0\.0\.1:1 cannot provide the table: [^\n]+\n$/);
  });
});

describe("npm run vendor with a stack in AWS", () => {
  /** A server that answers for a stack's outputs as CloudFormation does. */
  async function startCloudFormation(outputs: Record<string, string>): Promise<string> {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      response.setHeader("content-type", "text/xml");
      if (new URLSearchParams(body).get("StackName") !== "frontdesk-prod") {
        response.statusCode = 400;
        response.end(
          "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id other does not exist</Message></Error></ErrorResponse>",
        );
        return;
      }
      const members = Object.entries(outputs).map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      response.end(
        `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>frontdesk-prod</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      );
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const aws = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_DYNAMODB: String(process.env.AWS_ENDPOINT_URL_DYNAMODB),
  };

  it("uses the table that the stack's output names", async () => {
    const url = await startCloudFormation({ Url: "https://x.example", TableName: String(process.env.TABLE_NAME) });
    const environment = { ...aws, AWS_ENDPOINT_URL_CLOUDFORMATION: url };
    const printed = await succeed(
      ["create", "--id", "of-stack", "--name", "Of a stack", "--stack", "frontdesk-prod"],
      environment,
    );
    const vendor = (await readItems({ vendor: vendorKey("of-stack") })).vendor;
    expect(admitsVendor(vendor, passwordIn(printed))).toBe(true);
  });

  it("reports a stack that does not exist, or is not Frontdesk's", async () => {
    const environment = { ...aws, AWS_ENDPOINT_URL_CLOUDFORMATION: await startCloudFormation({ Url: "x" }) };
    expect(await fail(["list", "--stack", "other"], environment)).toBe("AWS: Stack with id other does not exist");
    expect(await fail(["list", "--stack", "frontdesk-prod"], environment)).toBe(
      "The stack frontdesk-prod has no output TableName.",
    );
  });
});
