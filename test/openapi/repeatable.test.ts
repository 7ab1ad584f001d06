import { beforeEach, describe, expect, it } from "vitest";
import { type Example, examples } from "../../openapi/examples.ts";
import { documentedRows } from "../../openapi/handlers.ts";
import { allItems } from "../kit/system.ts";
import { documented, documentedOperations } from "./document.ts";
import { emptyTable } from "./givens.ts";
import { givens, type Id } from "./scenarios.ts";
import { answerOf } from "./sending.ts";

/** `x-repeatable`: what a client may send again when it does not know whether the first request was carried out. */

beforeEach(emptyTable);

const repeatableOf = (id: string) => documented(id).operation["x-repeatable"];
const ids = documentedRows.map(({ id }) => id as Id);

/** All records, without what says only how often and when they were written, and without the events of that. */
async function records() {
  const items = await allItems();
  return items
    .filter(({ type }) => type !== "event" && type !== "tries")
    .map(({ version, updatedAt, lastSeenAt, passwordHash, sessionEpoch = 0, ...rest }) => ({ sessionEpoch, ...rest }));
}

describe("x-repeatable", () => {
  it("is that of the operation at its other addresses as well", () => {
    for (const { operation } of documentedOperations) {
      const id = operation["x-alias-of"] ?? operation.operationId;
      expect([id, operation["x-repeatable"]]).toEqual([id, repeatableOf(id)]);
    }
  });

  const cases = ids.flatMap((id) =>
    repeatableOf(id) === true ? examples[id].map((example) => [id, example.name, example] as const) : [],
  );
  it.each(cases)("holds of %s: the example %s, sent again, succeeds and changes nothing", async (id, name, example) => {
    const given = await (givens[`${id} ${name}`] ?? givens[id])();
    const first = await answerOf(id, example, {}, given);
    const once = await records();
    const second = await answerOf(id, example, {}, given);
    expect(second.status).toBe(first.status);
    expect(second.json?.responseCode).toBe(first.json?.responseCode);
    expect(await records()).toEqual(once);
  });

  it("holds of OrganizationSave with an id, and without one there are two afterwards", async () => {
    expect(repeatableOf("OrganizationSave")).toBe("with id");
    const named = (wanted: string) => examples.OrganizationSave.find(({ name }) => name === wanted) as Example;
    await givens["OrganizationSave change"]?.();
    await answerOf("OrganizationSave", named("change"), {}, {});
    const once = await records();
    expect((await answerOf("OrganizationSave", named("change"), {}, {})).status).toBe(200);
    expect(await records()).toEqual(once);
    const { json } = await answerOf("OrganizationSave", named("create"), {}, {});
    const { json: other } = await answerOf("OrganizationSave", named("create"), {}, {});
    expect(other.id).not.toBe(json.id);
  });

  const refused: readonly Id[] = [
    "PracticeCreate",
    "UserCreate",
    "AccountRegister",
    "AccountLogout",
    "AccountResetPassword",
    "AccountUpdatePassword",
    "AccountVerify",
  ];
  it.each(refused)("does not hold of %s: sent again it is refused", async (id) => {
    expect(repeatableOf(id)).toBe(false);
    const given = await givens[id]();
    const [example] = examples[id] as [Example];
    const first = await answerOf(id, example, {}, given);
    expect(first.json.responseCode ?? first.status).toBe(id.startsWith("Account") ? 200 : 2000);
    const second = await answerOf(id, example, {}, given);
    expect(second.json.responseCode ?? second.status).not.toBe(id.startsWith("Account") ? 200 : 2000);
  });
  const twice: readonly Id[] = ["AccountLogin", "AccountResendVerification"];
  it.each(twice)("does not hold of %s: sent again it does something twice", async (id) => {
    expect(repeatableOf(id)).toBe(false);
    const given = await givens[id]();
    const [example] = examples[id] as [Example];
    await answerOf(id, example, {}, given);
    const once = await records();
    await answerOf(id, example, {}, given);
    expect((await records()).length).toBeGreaterThan(once.length);
  });
  it("does not hold of what is left: a mail once more, and a value pushed once more", () => {
    const others = ids.filter((id) => repeatableOf(id) === false && ![...refused, ...twice].includes(id));
    expect(others).toEqual(["AccountRequestPasswordReset", "AccountPatch"]);
  });
});
