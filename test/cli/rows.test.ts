import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { accounts } from "../../cli/src/import/accounts.ts";
import { checkFile, type PlacedFault, type ReadRow, readRows } from "../../cli/src/import/check.ts";
import { type ColumnOptions, columnsOf } from "../../cli/src/import/columns.ts";
import type { Kind } from "../../cli/src/import/kind.ts";
import { practices } from "../../cli/src/import/practices.ts";
import { openSource } from "../../cli/src/import/source.ts";
import { users } from "../../cli/src/import/users.ts";
import { rules } from "../../lib/accounts/account/properties.ts";
import { practicesFile, usersFile } from "../kit/directory-files.ts";

const folder = mkdtempSync(join(tmpdir(), "frontdesk-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

const unmapped: ColumnOptions = { map: {}, ignore: [] };

function open(content: string, name: string) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return openSource(path);
}

/** Reads the rows of a file. */
async function rowsOf(kind: Kind, content: string, { name = "f.csv", columns = unmapped } = {}): Promise<ReadRow[]> {
  const source = open(content, name);
  try {
    return await Array.fromAsync(readRows(source, kind, columnsOf(kind, columns, name)));
  } finally {
    source.close();
  }
}

/** Reads one row of a CSV in which the other required fields are good. */
async function read(kind: Kind, field: string, cell: string, others: Readonly<Record<string, string>> = {}) {
  const needed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    practices: { accountId: "p-1", name: "Clinic" },
    users: { accountId: "p-1", userId: "u-1", firstName: "Ada", lastName: "Mills" },
    accounts: {
      org: "clinic",
      email: "ada@mail.example",
      firstName: "Ada",
      lastName: "Mills",
      mobile: "+16505555555",
      password: "x",
    },
  };
  const cells = { ...needed[kind.name], ...others, [field]: cell };
  const quoted = Object.values(cells).map((text) => `"${text.replaceAll('"', '""')}"`);
  const [row] = await rowsOf(kind, `${Object.keys(cells).join(",")}\n${quoted.join(",")}\n`);
  if (!row) throw new Error("no row");
  return { value: row.fields[field], faults: row.faults, what: row.changes.map(({ what }) => what) };
}

describe("what is unambiguous is brought into the form of the contract", () => {
  it.each([
    ["phone", "(682) 564-1518", "6825641518"],
    ["phone", "+1 682.564.1518", "6825641518"],
    ["phone", "1-682-564-1518", "6825641518"],
    ["fax", "682 564 1518", "6825641518"],
    ["fax", "N/A", undefined],
    ["postal", "78701-1234", "787011234"],
    ["state", "new york", "NY"],
    ["state", "N.Y.", "NY"],
    ["state", "District of Columbia", "DC"],
    ["active", "Yes", true],
    ["active", "0", false],
    ["active", "Inactive", false],
    ["timeZone", "Eastern", "America/New_York"],
    ["timeZone", "EST", "America/New_York"],
    ["timeZone", "US/Eastern", "America/New_York"],
    ["timeZone", "America/Detroit", "America/New_York"],
    ["timeZone", "hst", "Pacific/Honolulu"],
    ["timeZone", "UTC", "Zulu"],
    ["websiteAddress", "RiverSide", "riverside"],
    ["practiceNpi", "1234-567-893", "1234567893"],
    ["practiceSpecialtyCode", "101y00000x", "101Y00000X"],
  ])("practices: %s %s", async (field, cell, value) => {
    const found = await read(practices, field, cell);
    expect(found).toEqual({ value, faults: [], what: [expect.any(String)] });
  });

  it.each([
    ["mobile", "(650) 555-5555", "+16505555555"],
    ["email", "Ada@Mail.Example", "ada@mail.example"],
    ["gender", "Female", "f"],
    ["tz", "us/pacific", "US/Pacific"],
    ["roles", "Administrator; provider", ["000000000000000000000004", "000000000000000000000005"]],
    ["locked", "yes", true],
    ["dob", "n/a", undefined],
  ])("accounts: %s %s", async (field, cell, value) => {
    expect(await read(accounts, field, cell)).toEqual({ value, faults: [], what: [expect.any(String)] });
  });

  it("a ZIP code gets its leading zero back only where the state proves it", async () => {
    expect(await read(practices, "postal", "2139", { state: "MA" })).toMatchObject({ value: "02139", faults: [] });
    expect(await read(practices, "postal", "2139-4307", { state: "mass" })).toMatchObject({ value: "2139-4307" });
    expect(await read(practices, "postal", "21394307", { state: "MA" })).toMatchObject({
      value: "021394307",
      faults: [],
    });
    expect(await read(practices, "postal", "601", { state: "Puerto Rico" })).toMatchObject({
      value: "00601",
      faults: [],
    });
    expect(await read(practices, "postal", "6320", { state: "CT" })).toMatchObject({ value: "06320", faults: [] });
    for (const state of ["TX", "NY", ""]) {
      const { value, faults } = await read(practices, "postal", "2139", { state });
      expect({ value, faults }).toEqual({
        value: "2139",
        faults: [{ field: "postal", message: expect.stringContaining("has it lost a leading zero?") }],
      });
    }
  });

  it("blanks around a password are part of it, and around other values they are not", async () => {
    const password = " Stethoscope1 ";
    expect(await read(users, "loginPassword", password, { loginId: " ada " })).toMatchObject({
      value: password,
      faults: [],
    });
    expect(await read(users, "loginId", " ada ", { loginPassword: password })).toMatchObject({ value: "ada" });
    expect(await read(accounts, "password", password)).toMatchObject({ value: password });
  });

  it("a placeholder gives nobody a right", async () => {
    expect(await read(users, "admin", "-")).toMatchObject({ value: undefined, faults: [] });
    expect(await read(users, "provider", "n/a")).toMatchObject({ value: undefined, faults: [] });
  });

  it("what has the form already is left alone", async () => {
    const row = await read(practices, "phone", " 6825641518 ", { active: "true", state: "TX", timeZone: "Zulu" });
    expect(row).toEqual({ value: "6825641518", faults: [], what: [] });
  });
});

describe("what could mean several things is a fault", () => {
  it.each([
    ["phone", "(682) 564-1518 x12", "must be exactly 10 digits (there is no place for an extension)"],
    ["phone", "564-1518", "must be exactly 10 digits"],
    [
      "phone",
      "6.82564E+09",
      "must be exactly 10 digits (a spreadsheet has shortened this number: format the column as text)",
    ],
    ["accountId", "1.23E+05", "a spreadsheet has shortened this number: format the column as text"],
    ["timeZone", "MST", expect.stringMatching(/^must be one of America\/Anchorage, /)],
    ["timeZone", "America/Toronto", expect.stringMatching(/^must be one of /)],
    [
      "postal",
      "76101.0",
      "must be exactly 5 or 9 digits (a program has written this as a number with decimals: format the column as text)",
    ],
    ["active", "maybe", "must be true or false"],
    // Blank would be active.
    ["active", "N/A", "must be true or false"],
    ["active", "-", "must be true or false"],
    ["state", "Texass", "must be the USPS code of a state or territory"],
    ["practiceNpi", "1234567890", "must be a valid NPI"],
    ["websiteAddress", "https://clinic.example", expect.stringMatching(/^must be 1 to 63 of /)],
    ["directDomain", "-clinic.direct.example", expect.stringMatching(/^must be a label of /)],
    ["name", "a".repeat(256), "must be at most 255 characters"],
  ])("practices: %s %s", async (field, cell, message) => {
    expect(await read(practices, field, cell)).toMatchObject({ faults: [{ field, message }] });
  });

  it.each([
    ["userId", "@ada", "must not begin with @"],
    ["loginPassword", "weak", expect.any(String)],
    ["loginPasswordHash", "5f4dcc3b5aa765d61d8327deb882cf99", expect.stringMatching(/^must be a hash of /)],
    ["admin", "perhaps", "must be true or false"],
    ["searchOptOut", "?", "must be true or false"],
  ])("users: %s %s", async (field, cell, message) => {
    expect(await read(users, field, cell, { loginId: "ada" })).toMatchObject({ faults: [{ field, message }] });
  });

  it.each([
    ["email", "ada", "must be an e-mail address"],
    ["mobile", "555", "must be a phone number in E.164"],
    ["mobile", "650-555-5555 x2", "must be a phone number in E.164 (there is no place for an extension)"],
    ["locked", "?", expect.any(String)],
    ["dob", "03/04/1980", "must be a day from 1850 to today, YYYY-MM-DD"],
    ["state", "TX", "must be one of unverified verified"],
    ["roles", "boss", "must be 24 hex digits"],
    ["firstName", "\u200b", "must be text of 1 to 100 characters, not all of them invisible"],
    ["passwordHash", "$2b$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234", "must not come with a password"],
  ])("accounts: %s %s", async (field, cell, message) => {
    const { faults } = await read(accounts, field, cell);
    expect(faults.map(({ message }) => message)).toEqual([message]);
  });
});

it("Mountain time is Denver, but in Arizona it can be Phoenix too", async () => {
  expect(await read(practices, "timeZone", "Mountain", { state: "UT" })).toMatchObject({ value: "America/Denver" });
  for (const state of ["AZ", "Arizona"]) {
    expect(await read(practices, "timeZone", "MT", { state })).toMatchObject({
      value: "MT",
      faults: [{ field: "timeZone", message: expect.stringMatching(/^must be one of /) }],
    });
    for (const [cell, value] of [
      ["Arizona", "America/Phoenix"],
      ["america/denver", "America/Denver"],
    ] as const)
      expect(await read(practices, "timeZone", cell, { state })).toMatchObject({ value, faults: [] });
  }
});

describe("columns", () => {
  it("are found in any case, by other names, and in the order of the file", async () => {
    const [row] = await rowsOf(
      practices,
      '\ufeffNAME,Postal Code,practice_id,NPI number,Metadata\nA,78701,p-1,,"B ""C""\nD"\n',
    );
    expect(row).toMatchObject({
      line: 2,
      fields: { name: "A", postal: "78701", accountId: "p-1", metadata: 'B "C"\nD' },
      faults: [],
    });
  });

  it("are as --map and --ignore say", async () => {
    const columns = { map: { name: "Title", phone: "Tel. 2" }, ignore: ["Notes", "Phone"] };
    const csv = "accountId,Title,Phone,Tel. 2,Notes\np-1,A,1,6825641518,x\n";
    const [row] = await rowsOf(practices, csv, { columns });
    expect(row?.fields).toEqual({ accountId: "p-1", name: "A", phone: "6825641518" });
    const other = { map: { phone: "Tel. 2" }, ignore: [] };
    await expect(rowsOf(practices, "accountId,name,Phone,Tel. 2\np-1,A,1,2\n", { columns: other })).rejects.toThrow(
      "f.csv: unknown column: Phone",
    );
    const gone = { map: { name: "Nobody" }, ignore: [] };
    await expect(rowsOf(practices, csv, { columns: gone })).rejects.toThrow("f.csv: there is no column Nobody");
    expect(() => columnsOf(practices, { map: { nmae: "Title" }, ignore: [] }, "f.csv")).toThrow(
      "practices have no field nmae",
    );
  });

  it("without a name are left out while they are blank", async () => {
    const [row] = await rowsOf(practices, "accountId,name,,\np-1,A,,\n");
    expect(row?.fields).toEqual({ accountId: "p-1", name: "A" });
    await expect(rowsOf(practices, "accountId,name,,\np-1,A,,\np-2,B,x,\n")).rejects.toThrow(
      "unknown column: (without a name)",
    );
  });

  it("whose name could mean several things are not guessed", async () => {
    const person = "org,email,passwordHash,first name,last name,mobile";
    await expect(rowsOf(accounts, `${person},Title,Phone\na,b,c,d,e,f,Office manager,g\n`)).rejects.toThrow(
      "f.csv: unknown columns: Title, Phone",
    );
    await expect(rowsOf(practices, "Practice,Name\np-1,A\n")).rejects.toThrow("f.csv: unknown column: Practice");
  });

  it("have their header after blank lines, and after a line that tells Excel the separator", async () => {
    const [late] = await rowsOf(practices, "\ufeff\r\n\r\nPractice ID;Name\r\np-1;A, B\r\n");
    expect(late).toMatchObject({ line: 4, fields: { accountId: "p-1", name: "A, B" } });
    const [told] = await rowsOf(practices, 'sep=;\r\n"Practice ID";Name\r\np-1;A, B\r\n');
    expect(told).toMatchObject({ number: 1, line: 3, fields: { accountId: "p-1", name: "A, B" } });
  });

  it("may have commas in their names where semicolons are between them", async () => {
    const columns = { map: {}, ignore: ["Address, City"] };
    const [row] = await rowsOf(practices, 'Practice ID;Name;"Address, City"\np-1;A;x\n', { columns });
    expect(row?.fields).toEqual({ accountId: "p-1", name: "A" });
  });

  it("may be fewer than the cells of a row, if the others are blank", async () => {
    const [row] = await rowsOf(practices, "accountId,name\np-1,A,, ,\n");
    expect(row?.fields).toEqual({ accountId: "p-1", name: "A" });
    await expect(rowsOf(practices, "accountId,name\np-1,A,,x\n")).rejects.toThrow("the row has 4 cells");
  });

  it("may be separated by semicolons or tabs", async () => {
    for (const separator of [";", "\t"]) {
      const [row] = await rowsOf(practices, `accountId${separator}name\np-1${separator}A, B\n`);
      expect(row?.fields).toEqual({ accountId: "p-1", name: "A, B" });
    }
  });

  it("of an export are taken as they are, with those that only answers have", async () => {
    const line = JSON.stringify({
      accountId: "p-1",
      name: "A",
      fax: "",
      directAddress: null,
      vetted: false,
      active: true,
    });
    const [row] = await rowsOf(practices, `${line}\n`, { name: "f.jsonl" });
    expect(row).toMatchObject({ line: 1, fields: { accountId: "p-1", name: "A", active: true }, faults: [] });
  });

  it("of accounts that only the server writes are left out", async () => {
    const written = Object.entries(rules).filter(([name, { write }]) => write === "server" && name !== "email");
    expect(written.map(([name]) => name).filter((name) => !accounts.readOnly.includes(name))).toEqual([]);
  });

  it("of accounts can be properties of their own, and a name in one piece in JSON", async () => {
    const person = { org: "clinic", email: "a@b.example", mobile: "6505555555", passwordHash: "x", c_mrn: 7 };
    const [row] = await rowsOf(accounts, JSON.stringify({ ...person, name: { first: "Ada" } }), { name: "f.jsonl" });
    expect(row?.faults.map(({ field }) => field)).toEqual(["passwordHash", "lastName"]);
    expect(row?.fields).toMatchObject({ c_mrn: 7 });
  });
});

describe("values that must be unique are told with both lines", () => {
  async function faultsOf(kind: Kind, content: string): Promise<string[]> {
    const source = open(content, "f.csv");
    const told: PlacedFault[] = [];
    await checkFile(readRows(source, kind, columnsOf(kind, unmapped, "f.csv")), kind, (fault) => void told.push(fault));
    source.close();
    return told.map(({ line, field, message }) => `${line} ${field} ${message}`);
  }

  it("in practices: key, web address and Direct domain, but not the NPI", async () => {
    const csv = [
      "accountId,name,websiteAddress,directDomain,practiceNpi",
      "p-1,A,a,,1234567893",
      "p-2,B,b,one,1234567893",
      "p-1,C,c,,",
      "p-4,D,B,ONE,",
    ].join("\n");
    expect(await faultsOf(practices, csv)).toEqual([
      "4 accountId is also in line 2",
      "2 accountId is also in line 4",
      "5 websiteAddress is also in line 3",
      "3 websiteAddress is also in line 5",
      "5 directDomain is also in line 3",
    ]);
  });

  it("in users: the key in one practice, the login everywhere", async () => {
    const csv = [
      "accountId,userId,firstName,lastName,loginId",
      "p-1,u-1,A,A,ada",
      "p-2,u-1,A,A,",
      "p-1,u-1,A,A,",
      "p-3,u-9,A,A,ADA",
    ].join("\n");
    expect(await faultsOf(users, csv)).toEqual([
      "4 userId is also in line 2",
      "2 userId is also in line 4",
      "5 loginId is also in line 2",
    ]);
  });

  it("in accounts: the address in one portal", async () => {
    const row = (org: string, email: string) => `${org},${email},A,A,6505555555,x`;
    const csv = [
      "org,email,firstName,lastName,mobile,password",
      row("a", "A@b.example"),
      row("b", "a@b.example"),
      row("a", "a@B.example"),
    ];
    expect(await faultsOf(accounts, csv.join("\n"))).toEqual([
      "4 email is also in line 2",
      "2 email is also in line 4",
    ]);
  });
});

describe("generated files", () => {
  it.each([
    ["practices", practices, practicesFile({ rows: 400, badEach: 10 })],
    ["users", users, usersFile({ rows: 400, practices: 20, badEach: 10 })],
  ])("of %s: each bad row is found, and every other row means what it should", async (_, kind, { csv, bad, good }) => {
    const rows = await rowsOf(kind, csv);
    const faulty = rows.filter(({ faults }) => faults.length > 0);
    expect(faulty.map(({ line, faults }) => ({ line, field: faults[0]?.field }))).toEqual(bad);
    expect(bad).toHaveLength(40);
    const means = rows
      .filter(({ faults }) => faults.length === 0)
      .map(({ fields: { loginPasswordHash: _, ...fields } }) =>
        Object.fromEntries(
          Object.entries(fields).map(([field, value]) => [
            field,
            value === "TRUE" ? true : value === "false" ? false : value,
          ]),
        ),
      );
    expect(means).toEqual(good);
  });
});
