import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startDynoxide } from "../../local/dynoxide.ts";
import { callAt, cleanUp, run, runIn, startInstanceBy, temporaryFolder } from "../kit/children.ts";

/** Follows a reader who copies every block of code of README.md and then of client/README.md, in order. */

interface Block {
  readonly language: string;
  readonly code: string;
}
const blocksOf = (page: string): Block[] =>
  [...readFileSync(page, "utf8").matchAll(/^```(\w*)\n([\s\S]+?)^```$/gm)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));
const readme = blocksOf("README.md");
const clientReadme = blocksOf("client/README.md");

/** The beginnings of the blocks that a test cannot run, with the reason. */
const leftOut = {
  "docker run": "needs Docker; its second line is run below",
  "npm test": "is this",
  "npx cdk bootstrap": "needs an AWS account",
  "npm ci\nnpm run emulator": "needs Python; npm run test:deploy does the same",
  "Deploying to an emulator": "is what the block before it prints",
} as const;
const isLeftOut = ({ code }: Block) => Object.keys(leftOut).some((start) => code.startsWith(start));
const install = "npm ci && ";

/** The environment of a reader's shell: without our Node on its path, and with a registry that is never asked. */
const shell = {
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .join(delimiter),
  npm_config_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
};

/** A folder with a clone, as after `npm ci`, and with room for `my-project`. */
function newDesk(): { folder: string; clone: string; project: string } {
  const folder = temporaryFolder();
  const [clone, project] = [join(folder, "frontdesk"), join(folder, "my-project")];
  mkdirSync(clone);
  for (const name of readdirSync(".").filter((name) => !["client", ".git", ".local", "cdk.out"].includes(name))) {
    symlinkSync(resolve(name), join(clone, name));
  }
  // A copy, because `npm run client` builds into it.
  cpSync("client", join(clone, "client"), {
    recursive: true,
    filter: (file) => !/[\\/](dist|node_modules)$/.test(file),
  });
  return { folder, clone, project };
}

/** Compiles a program of the project in strict mode, into the folder `built` next to it. */
const compile = (file: string) =>
  run(
    "node_modules/@typescript/native/bin/tsc",
    [
      ...[
        "--ignoreConfig",
        "--outDir",
        join(dirname(file), "built"),
        "--strict",
        "--exactOptionalPropertyTypes",
        "--target",
        "es2022",
      ],
      ...["--module", "nodenext", "--lib", "es2022", "--types", "node", "--typeRoots", resolve("node_modules/@types")],
      file,
    ],
    {},
  );

afterEach(cleanUp);

it("the blocks of README.md and client/README.md work in order, and print what the pages say", async () => {
  const { folder, clone, project } = newDesk();
  const [start, ...blocks] = readme;
  expect(start?.code).toBe(`${install}npm start\n`);
  const environment = { ...shell, FRONTDESK_DATA: join(folder, "data") };
  const line = start?.code.slice(install.length).trim() ?? "";
  const { url, kill } = await startInstanceBy(line, clone, environment);
  const here = (code: string) => code.replaceAll("http://localhost:3000", url);

  /** Runs a program that grows from block to block. */
  async function follow(page: readonly Block[], file: string): Promise<string> {
    let printed = "";
    let program = "";
    for (const block of page.filter((each) => !isLeftOut(each))) {
      const { language, code } = block;
      if (language === "sh") {
        const { code: status, stdout, stderr } = await runIn(clone, here(code), environment);
        expect({ code, status, stderr }).toMatchObject({ status: 0 });
        printed = stdout;
        if (code.includes("curl"))
          expect(stdout.match(/"responseCode":\d+/g)).toEqual(
            Array(code.match(/^curl/gm)?.length).fill('"responseCode":2000'),
          );
      } else if (language === "ts") {
        program += here(code);
        writeFileSync(join(project, file), program);
      } else if (language === "text") {
        printed = (await runIn(clone, `node ../my-project/${file}`, environment)).stdout;
        expect(printed).toBe(code);
      } else {
        expect([language, `${printed}\n`]).toEqual(["json", code]);
      }
    }
    const inTypeScript = join(project, file.replace(".mjs", ".mts"));
    writeFileSync(inTypeScript, program);
    const compiled = { code: 0, stdout: "", stderr: "" };
    expect(await compile(inTypeScript)).toEqual(compiled);
    const ran = await runIn(project, `node ${file}`, environment);
    // The same program in TypeScript, for another practice: some of its records can be made only once.
    writeFileSync(inTypeScript, program.replaceAll("hillside", "seaside").replaceAll("practice-3", "practice-4"));
    expect(await compile(inTypeScript)).toEqual(compiled);
    expect(await runIn(project, `node built/${file}`, environment)).toEqual(ran);
    return ran.stdout;
  }
  try {
    await follow(blocks, "first.mjs");
    // What npm installed is a copy of what it packed, and nothing leads back to the clone.
    const installed = join(project, "node_modules/@frontdesk/client");
    expect(lstatSync(installed).isSymbolicLink()).toBe(false);
    expect(readdirSync(installed).sort()).toEqual(["README.md", "dist", "package.json"]);
    expect(readdirSync(join(installed, "dist"))).toContain("LICENSE");
    expect(await follow(clientReadme, "client.mjs")).toBe("Alan\nIris\nAlan false\nthat key is taken\nUS/Pacific\n");
    const auth = { loginId: "ada", loginPassword: "Stethoscope1" };
    // The client's first block saved README's user again, without a login.
    expect(await callAt(url, "PingWithAuth", { auth })).toMatchObject({ responseCode: 2000 });
    const first = blocks.find(({ code }) => code.startsWith("curl"))?.code ?? "";
    expect((await runIn(clone, here(first), environment)).stdout).toContain(
      '"account already exists","responseCode":4130',
    );
  } finally {
    await kill("SIGTERM");
  }
}, 240_000);

describe("README's commands for other machines", () => {
  const [container = "", start = "", ...more] =
    readme
      .find(({ code }) => code.startsWith("docker run"))
      ?.code.trim()
      .split("\n") ?? [];

  it("start the image with options that it has, reachable from this machine only, at the second command's endpoint", () => {
    const { image, port, inner, options } =
      /^docker run --rm -d -p 127\.0\.0\.1:(?<port>\d+):(?<inner>\d+) (?<image>\S+) (?<options>.+)$/.exec(container)
        ?.groups ?? {};
    expect(image).toMatch(/^amazon\/dynamodb-local:\d+\.\d+\.\d+$/);
    // The default port is 8000. With -sharedDb all callers use one database (DynamoDB Local's usage notes).
    expect([inner, options]).toEqual(["8000", "-jar DynamoDBLocal.jar -sharedDb -inMemory"]);
    expect(start).toBe(`${install}DYNAMODB_ENDPOINT=http://127.0.0.1:${port} npm start`);
    expect(more).toEqual([]);
  });

  it("start Frontdesk on that engine, without an engine of its own", async () => {
    const engine = await startDynoxide();
    const { folder, clone } = newDesk();
    const environment = { ...shell, FRONTDESK_DATA: join(folder, "data") };
    const line = start.slice(install.length).replace("http://127.0.0.1:8000", engine.endpoint);
    const { url, stdout, kill } = await startInstanceBy(line, clone, environment);
    try {
      expect(stdout()).toContain(`in the table frontdesk at ${engine.endpoint}.`);
      const auth = { applicationId: "demo", applicationPassword: "demo-application-password" };
      expect(await callAt(url, "PracticeCreate", { auth, accountId: "a", name: "A" })).toMatchObject({
        action: "create",
      });
      expect(readdirSync(join(folder, "data"))).not.toContain("table.sqlite");
    } finally {
      await kill("SIGTERM");
      await engine.stop();
    }
  });
});

it("every block is run, or left out for a reason that is still valid", () => {
  const all = [...readme, ...clientReadme];
  for (const start of Object.keys(leftOut)) expect(all.filter(({ code }) => code.startsWith(start))).toHaveLength(1);
  expect([...new Set(all.map(({ language }) => language))].sort()).toEqual(["json", "sh", "text", "ts"]);
});
