import { beforeAll, describe, expect, it } from "vitest";
import { practiceFieldErrors } from "../../lib/practices/practice.ts";
import { userFieldErrors } from "../../lib/practices/user.ts";
import { functionFile } from "../../tools/function-file.ts";
import { type Code, expectFaults, fieldCodes, messages, refused } from "../functions/practices/practices-contract.ts";
import { call, leavesNoTrace } from "../kit/system.ts";
import { leastBody, makeTargets, type Row, rows } from "./practices.ts";

// A client that was told 4251 alone did not learn which of its fields that was; with a second fault it did.

/** For each code, values of the fields that it is about, and what must come with them. */
const bad: Readonly<Record<number, Readonly<Record<string, object>>>> = {
  4160: { directDomain: { directDomain: "-" } },
  4161: { websiteAddress: { websiteAddress: "api" } },
  4233: { loginPassword: { loginPassword: "short", loginId: "somebody" } },
  4241: { userId: { userId: "@user" } },
  4251: { practiceNpi: { practiceNpi: "1234567890" }, npi: { npi: "1234567890" } },
  4252: { practiceSpecialtyCode: { practiceSpecialtyCode: "-" }, providerTaxonomyCode: { providerTaxonomyCode: "-" } },
  4640: { directAddress: { directAddress: "a b" } },
};

let auth: Awaited<ReturnType<typeof makeTargets>>;
beforeAll(async () => {
  auth = await makeTargets();
});

it("the codes of fields are those of the contract, each with a value here", () => {
  const all = [...new Set([...practiceFieldErrors, ...userFieldErrors])].sort();
  expect(all).toEqual([...fieldCodes].sort());
  expect(all.map(String)).toEqual(Object.keys(bad));
});

describe.each(rows)("$id", async (row: Row) => {
  const { handler } = await import(functionFile(row).href);
  const declared = (handler.errors as Code[]).filter((code) => fieldCodes.has(code));
  const ownFields = Object.keys(handler.fields?.shape ?? {});
  const cases = declared.flatMap((code) =>
    Object.entries(bad[code] ?? {})
      .filter(([field]) => ownFields.includes(field))
      .map(([field, fields]) => ({ code, field, fields })),
  );
  it("declares no code of a field that it does not take", () => {
    expect([...new Set(cases.map(({ code }) => code))]).toEqual(declared);
  });
  it.each(cases)("tells $code of $field alone in errors, in the words that 4060 has for it", async (one) => {
    const body = { auth: { ...auth, userId: "target" }, ...leastBody(row), ...one.fields };
    await refused(one.code, () => call(row.id, body));
    const alone = (await call(row.id, body)).json;
    expect(alone.responseMessage).toBe(messages[one.code]);
    const other = ["name", "city"].find((name) => ownFields.includes(name));
    if (!other) return;
    const both = await leavesNoTrace(() => call(row.id, { ...body, [other]: "a\nb" }));
    expectFaults(both, [one.field, other]);
    expect(alone.errors).toEqual(both.json.errors.filter(({ field }: { field: string }) => field === one.field));
  });
});
