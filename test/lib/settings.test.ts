import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const config = new URL("../../lib/settings.ts", import.meta.url).href;
const good = {
  TABLE_NAME: "frontdesk",
  DIRECT_DOMAIN: "direct.example.com",
  EVENT_YEARS: "97",
  SEAL_SECRET: "0123456789abcdef0123456789abcdef",
};

/** Runs a process with only these settings. @returns its output, and whether it succeeded */
async function start(environment: Record<string, string>): Promise<{ ran: boolean; said: string }> {
  const { PATH = "" } = process.env;
  const command = ["--input-type=module", "-e", `(await import(${JSON.stringify(config)})).settings();`];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { env: { PATH, ...environment } });
    return { ran: true, said: stdout + stderr };
  } catch (error) {
    return { ran: false, said: String((error as { stderr?: string }).stderr) };
  }
}
const withoutSetting = (name: keyof typeof good) => {
  const { [name]: _, ...rest } = good;
  return rest;
};

describe("a process", () => {
  it("starts with good settings and says nothing", async () => {
    expect(await start(good)).toEqual({ ran: true, said: "" });
  });
  it("names every setting that is missing, in one line", async () => {
    const { ran, said } = await start({});
    expect(ran).toBe(false);
    const lines = said.split("\n").filter((line) => line.includes("TABLE_NAME") && line.includes("DIRECT_DOMAIN"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/cannot start/);
  });
  it.each<[string, string, Record<string, string>]>([
    ["TABLE_NAME", "is missing", withoutSetting("TABLE_NAME")],
    ["TABLE_NAME", "is empty", { ...good, TABLE_NAME: "" }],
    ["DIRECT_DOMAIN", "is missing", withoutSetting("DIRECT_DOMAIN")],
    ["DIRECT_DOMAIN", "is not a domain", { ...good, DIRECT_DOMAIN: "Secret Value!" }],
    ["DIRECT_DOMAIN", "is one label", { ...good, DIRECT_DOMAIN: "secretvalue" }],
    ["EVENT_YEARS", "is missing", withoutSetting("EVENT_YEARS")],
    ["EVENT_YEARS", "is no number of years", { ...good, EVENT_YEARS: "secretvalue" }],
    ["EVENT_YEARS", "is more than a hundred", { ...good, EVENT_YEARS: "101" }],
    ["SEAL_SECRET", "is too short", { ...good, SEAL_SECRET: "secretvalue" }],
    ["SEAL_SECRET_ARN", "is not an ARN", { ...good, SEAL_SECRET_ARN: "secretvalue" }],
  ])("does not start when %s %s: one line names the variable, and never a value", async (name, _, environment) => {
    const { ran, said } = await start(environment);
    expect(ran).toBe(false);
    expect(said.split("\n").filter((line) => line.includes("cannot start") && line.includes(name))).toHaveLength(1);
    expect(said.toLowerCase()).not.toMatch(/secret ?value/);
    for (const value of Object.values(environment)) if (value !== "") expect(said).not.toContain(value);
  });
});
