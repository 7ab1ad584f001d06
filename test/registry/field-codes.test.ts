import { beforeAll, describe, expect, it } from "vitest";
import { practiceFieldErrors } from "../../lib/practices/practice-fields.ts";
import { userFieldErrors } from "../../lib/practices/user-fields.ts";
import { documentedRows, handlerOf } from "../../openapi/handlers.ts";
import { type Code, expectFaults, fieldCodes, messages, refused } from "../functions/practices/practices-contract.ts";
import { type ReadyCall, readyCallInSharedWorld } from "../kit/examples.ts";
import { leavesNoTrace } from "../kit/system.ts";

// Regression: an answer with only code 4251 did not name the field, but an answer with a second error did.

/** For each code, bad values of its fields, with other fields that they need. */
const bad: Readonly<Record<number, Readonly<Record<string, Readonly<Record<string, unknown>>>>>> = {
  4160: { directDomain: { directDomain: "-" } },
  4161: { websiteAddress: { websiteAddress: "api" } },
  4233: {
    loginPassword: { loginPassword: "short", loginId: "somebody" },
    loginPasswordHash: { loginPassword: undefined, loginPasswordHash: "Stethoscope1", loginId: "somebody" },
  },
  4241: { userId: { userId: "@user" } },
  4251: { practiceNpi: { practiceNpi: "1234567890" }, npi: { npi: "1234567890" } },
  4252: { practiceSpecialtyCode: { practiceSpecialtyCode: "-" }, providerTaxonomyCode: { providerTaxonomyCode: "-" } },
  4640: { directAddress: { directAddress: "a b" } },
};

it("the codes of fields are those of the contract, each with a value here", () => {
  const all = [...new Set([...practiceFieldErrors, ...userFieldErrors])].sort();
  expect(all).toEqual([...fieldCodes].sort());
  expect(all.map(String)).toEqual(Object.keys(bad));
});

const rows = documentedRows.filter(({ family }) => family === "practices");

describe.each(rows)("$id", async (row) => {
  const handler = await handlerOf(row);
  const declared = (handler.errors as Code[]).filter((code) => fieldCodes.has(code));
  const ownFields = Object.keys(handler.fields?.shape ?? {});
  const cases = declared.flatMap((code) =>
    Object.entries(bad[code] ?? {})
      .filter(([field]) => ownFields.includes(field))
      .map(([field, body]) => ({ code, field, body })),
  );
  let scene: ReadyCall;
  beforeAll(async () => {
    scene = await readyCallInSharedWorld(row.id);
  });
  it("declares no code of a field that it does not take", () => {
    expect([...new Set(cases.map(({ code }) => code))]).toEqual(declared);
  });
  it.each(cases)("names $field in errors with code $code, in the words of 4060", async ({ code, field, body }) => {
    await refused(code, () => scene.send({ body }));
    const alone = (await scene.send({ body })).json;
    expect(alone.responseMessage).toBe(messages[code]);
    const other = ["name", "city"].find((name) => ownFields.includes(name));
    if (!other) return;
    const both = await leavesNoTrace(() => scene.send({ body: { ...body, [other]: "a\nb" } }));
    expectFaults(both, [field, other]);
    expect(alone.errors).toEqual(both.json.errors.filter((error: { field: string }) => error.field === field));
  });
});
