import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { Complaint } from "../../cli/src/failure.ts";
import { importFile } from "../../cli/src/import/import-file.ts";
import { practices } from "../../cli/src/import/practices.ts";

const folder = mkdtempSync(join(tmpdir(), "frontdesk-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

const options = { map: {}, ignore: [], concurrency: 8, giveUpAfter: 120, dryRun: true } as const;
/** What the last import has printed. */
let told: unknown[] = [];
const silently = <Result>(work: () => Promise<Result>) => {
  told = [];
  const written = vi.spyOn(process.stdout, "write").mockImplementation((text) => told.push(text) > 0);
  return work().finally(() => written.mockRestore());
};

/** Writes a file and imports it. Returns the one line that says why it cannot be read. */
async function complaintAbout(content: string | Buffer, name = "f.csv"): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return complaintAt(path);
}

async function complaintAt(path: string): Promise<string> {
  const error = await silently(() => importFile(practices, path, options, () => expect.unreachable())).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Complaint)) throw new Error(`no complaint: ${error}`);
  expect(error.message).not.toContain("\n");
  return error.message;
}

const header = "accountId,name,city\n";

describe("a file that cannot be read is one line, which names the place", () => {
  it.each([
    [
      "Latin-1",
      Buffer.from(`${header}p-1,Clinic,Dallas\np-2,Café,Dallas\n`, "latin1"),
      "f.csv:3: the line is not UTF-8",
    ],
    ["UTF-16", Buffer.from(`\ufeff${header}`, "utf16le"), "f.csv:1: the file is UTF-16, and must be UTF-8"],
    ["UTF-16 without a mark", Buffer.from(header, "utf16le"), "f.csv:1: the file is UTF-16, and must be UTF-8"],
    ["UTF-16 BE", Buffer.from(header, "utf16le").swap16(), "f.csv:1: the file is UTF-16, and must be UTF-8"],
    [
      "a quote that is never closed",
      `${header}p-1,Clinic,Dallas\np-2,"Clinic,Dallas\np-3,Clinic,Dallas\n`,
      "f.csv:3: a quote is opened, and never closed",
    ],
    [
      "text after a quote",
      `${header}p-1,"Clinic"s,Dallas\n`,
      "f.csv:2: after the closing quote of a cell comes neither a comma nor the end of the line",
    ],
    [
      "a quote inside a cell",
      `${header}p-1,Clinic,Dal"las\n`,
      "f.csv:2: a quote is inside a cell that does not begin with a quote",
    ],
    ["a repeated column", "accountId,name,name\np-1,A,B\n", "f.csv:1: the header has the column name twice"],
    [
      "too many cells",
      `${header}p-1,Clinic,Dallas\np-2,Clinic, Inc.,Dallas\n`,
      "f.csv:3: the row has 4 cells, and the header has 3",
    ],
    ["too few cells", `${header}p-1,Clinic\n`, "f.csv:2: the row has 2 cells, and the header has 3"],
    [
      "a NUL byte",
      `${header}p-1,Cli\0nic,Dallas\n`,
      "f.csv:2: the line has a NUL byte, so the file is damaged or not text",
    ],
    ["nothing", "", "f.csv: the file is empty"],
    ["blanks", "\n\n  \n", "f.csv: the file has no header"],
    ["a header only", header, "f.csv: the file has no rows"],
    ["a workbook", "PK\x03\x04\x14", "f.csv: this is a workbook, not a text file"],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0]), "f.csv: the file is compressed"],
    ["a line of 2 MiB", `${header}p-1,${"a".repeat(2 ** 21)}`, "f.csv:2: the line is too long (over 1 MiB)"],
    [
      "a quote before 2 MiB of lines",
      `${header}p-1,"${"Clinic\n".repeat(2 ** 19)}`,
      "f.csv:2: the row is too long (over 1 MiB); is a quote never closed?",
    ],
  ])("%s", async (_, content, complaint) => {
    expect(await complaintAbout(content)).toBe(complaint);
  });

  it.each([
    ["a line that is not JSON", '{"accountId":"p-1","name":"A"}\n{"accountId":', "f.jsonl:2: the line is not JSON"],
    ["an array", '\n["p-1"]\n', "f.jsonl:2: the line is JSON, but not an object"],
    ["a number", "1\n", "f.jsonl:1: the line is JSON, but not an object"],
  ])("%s", async (_, content, complaint) => {
    expect(await complaintAbout(content, "f.jsonl")).toBe(complaint);
  });

  it("a line of 1 GB, without reading it all", async () => {
    const path = join(folder, "long.csv");
    writeFileSync(path, `${header}${"a".repeat(2 ** 21)}`);
    truncateSync(path, 2 ** 30);
    const before = process.memoryUsage().arrayBuffers;
    expect(await complaintAt(path)).toBe("long.csv:2: the line is too long (over 1 MiB)");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 2 ** 20);
  });

  it("a folder, a missing file, and a file of another kind", async () => {
    expect(await complaintAt(folder)).toMatch(/^frontdesk-import-\w+: this is a folder$/);
    expect(await complaintAt(join(folder, "absent.csv"))).toBe("absent.csv: there is no such file");
    expect(await complaintAt("/dev/null")).toBe("null: this is not a file");
    expect(await complaintAbout("a", "f.xlsx")).toBe("f.xlsx: the name of the file must end in .csv or .jsonl");
  });
});

describe("JSON lines that are nearly right", () => {
  it.each([
    [
      "a comma after each line",
      '{"accountId":"p-1"},\n',
      "Each line must be one JSON object, without a comma after it.",
    ],
    ["one array", "[\n{}\n]\n", "This looks like one JSON array. Write each object in a line: jq -c '.[]' FILE"],
  ])("%s: what to do", async (_, content, hint) => {
    const path = join(folder, "f.jsonl");
    writeFileSync(path, content);
    await expect(importFile(practices, path, options, () => expect.unreachable())).rejects.toMatchObject({ hint });
  });
});

describe("columns", () => {
  it("that nobody knows are told, with the field that may be meant", async () => {
    expect(await complaintAbout("accountId,name,phnoe,Notes\np-1,,,\n")).toBe(
      "f.csv: unknown columns: phnoe (did you mean phone?), Notes",
    );
    // Without the right columns, the faults of a row mean nothing.
    expect(told).toEqual([]);
    expect(await complaintAbout('{"accountId":"p-1","name":"A","ctiy":"B"}', "f.jsonl")).toBe(
      "f.jsonl: unknown column: ctiy (did you mean city?)",
    );
  });

  it("that mean the same field are told", async () => {
    expect(await complaintAbout("accountId,name,Phone,Telephone\np-1,Clinic,,\n")).toBe(
      "f.csv: the columns Phone and Telephone both mean phone",
    );
  });

  it("that are required must be there, so a file without a header is told", async () => {
    expect(await complaintAbout("Practice ID,City\np-1,Dallas\n")).toBe("f.csv: there is no column for name");
    expect(await complaintAbout("p-1,Riverside\np-2,Lakeside\n")).toBe("f.csv: unknown columns: p-1, Riverside");
  });
});
