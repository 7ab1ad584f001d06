import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPortal } from "../../client/src/client.ts";
import { demo } from "../../local/demo.ts";
import { cleanUp, type Instance, run, runIn, startSharedInstance, temporaryFolder } from "../kit/children.ts";

/* Follows a reader who copies the commands of docs/migrate.md and cli/README.md, on a directory that `npm run seed` filled. */

let desk: Instance;
let folder: string;

beforeAll(async () => {
  desk = await startSharedInstance({}, ["--memory"]);
  expect((await run("local/seed.ts", ["--url", desk.url], {})).code).toBe(0);
  folder = join(temporaryFolder(), "reader");
  mkdirSync(folder);
});
afterAll(async () => {
  await desk.kill("SIGTERM");
  await cleanUp();
});

/** Runs lines of a page that call the command. */
const type = (lines: string) =>
  runIn(folder, lines.replaceAll(/^npx frontdesk/gm, `"${process.execPath}" "${resolve("cli/frontdesk.js")}"`), {
    FRONTDESK_URL: desk.url,
  });

interface Block {
  readonly language: string;
  readonly code: string;
  /** The name of a file that the line before the block ends with: `users.json`: */
  readonly file: string | undefined;
}

/** The blocks of a page in order, also those inside lists. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(page, "utf8").replace(/^ {3}/gm, "");
  return [...text.matchAll(/(?:`([\w.-]+)`:\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, file, language = "", code = ""]) => ({ file, language, code }),
  );
}

describe("docs/migrate.md", () => {
  const blocks = blocksOf("docs/migrate.md");

  it("its commands run as printed, on the files that it shows", async () => {
    for (const { file, code } of blocks) if (file !== undefined) writeFileSync(join(folder, file), code);
    const lines = blocks.filter(({ language }) => language === "sh");
    expect(lines).toHaveLength(5);
    for (const { code: typed } of lines) expect({ typed, ...(await type(typed)) }).toMatchObject({ code: 0 });
  });
  it.each(["carla", "emil", "faye", "gina"])(
    "%s then signs in with the password that the page states",
    async (name) => {
      const [, password = ""] = /the password `(.+?)`/.exec(readFileSync("docs/migrate.md", "utf8")) ?? [];
      const portal = createPortal({ url: desk.url, org: "cedar", clientKey: demo.clientKey });
      expect(await portal.accountLogin({ email: `${name}@mail.example`, password })).toMatchObject({
        state: "verified",
      });
    },
  );
  it("its program for Django writes the hash that the page shows", () => {
    const { code = "" } = blocks.find(({ language }) => language === "js") ?? {};
    const stored = "pbkdf2_sha256$600000$kT3vQ0nY8sLw2RzB5xJcDe$nA8cvSuDfK2VOHfe3glVelChDZ6VFcUQxU5IVCDPA3U=";
    const written = new Function("stored", `${code}; return passwordHash;`)(stored);
    expect(blocks.find(({ file }) => file === "people.csv")?.code).toContain(`,${written}\n`);
  });
});

it("cli/README.md: the commands about what there is run as printed", async () => {
  const mine = /^npx frontdesk (export|list|get|find|events|practice|user|erase) /;
  const lines = blocksOf("cli/README.md")
    .filter(({ language }) => language === "sh")
    .flatMap(({ code }) => code.split("\n"))
    .filter((line) => mine.test(line));
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) {
    const { code, stderr } = await type(line);
    // An export of all says with 1 that it could not read the inactive practice.
    expect({ line, code, stderr }).toMatchObject({ code: line.startsWith("npx frontdesk export --out") ? 1 : 0 });
  }
});

it("docs/erasure.md: the commands run as printed, and what they name is gone", async () => {
  const lines = blocksOf("docs/erasure.md")
    .flatMap(({ code }) => code.split("\n"))
    .filter((line) => line.startsWith("npx frontdesk "));
  expect(lines).toHaveLength(4);
  for (const line of lines) expect({ line, ...(await type(line)) }).toMatchObject({ code: 0 });
  for (const line of lines.slice(1)) expect((await type(line)).stderr).toContain("0 erased, 1 already gone, 0 failed");
});
