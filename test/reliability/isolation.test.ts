import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documentedRows } from "../../openapi/handlers.ts";
import { isLong, proofTimeout, report } from "../kit/proof.ts";
import { allItems } from "../kit/system.ts";
import { makeStage, type Stage, tryOperation } from "./isolation/matrix.ts";
import { neverWas, placesOf, staleFields, unknownFields } from "./isolation/places.ts";
import { rules } from "./isolation/rules.ts";

/** The isolation matrix (`isolation/matrix.ts`), an operation after the other. */

const ids = documentedRows.map(({ id }) => id);

let stage: Stage;
let violations = 0;
beforeAll(async () => {
  stage = await makeStage();
}, proofTimeout.timeout);

describe("the places of a request in which a name can stand", () => {
  it.each(ids)("are known for every field of %s: add a new one to `kinds` or to `plain`", (id) => {
    expect(unknownFields(id)).toEqual([]);
  });
  it("name no field that is gone", () => {
    expect(staleFields(ids)).toEqual([]);
  });
  it("get names that never were", () => {
    for (const name of documentedRows.flatMap((row) =>
      placesOf(row).flatMap((place) => place.names(stage.victim, row.id)),
    )) {
      expect(neverWas(name)).not.toBe(name);
      if (typeof name === "string") expect(stage.known).not.toContain(neverWas(name));
    }
  });
});

describe("a name of somebody else's", () => {
  it.each(documentedRows)("is to $id like one that never was", proofTimeout, async (row) => {
    const broken = await tryOperation(stage, row);
    violations += broken.length;
    expect(broken).toEqual([]);
  });
});

it("leaves every record of the victim as it was", async () => {
  await stage.run(async () => {});
  const now = (await allItems()).filter((item) => stage.items.has(`${item.pk}\n${item.sk}`));
  expect(now).toEqual([...stage.items.values()]);
});

it.each(isLong ? rules : [])("finds use for the rule: $reason", (rule) => {
  expect(stage.rulesUsed.has(rule)).toBe(true);
});

afterAll(() => {
  const { cells, equal, otherwise, places } = stage.counts;
  report({
    operations: ids.length,
    credentials: stage.attackers.length,
    places: places.size,
    cells,
    "byte-equal": equal,
    "as the contract says otherwise": otherwise,
    violations,
  });
});
