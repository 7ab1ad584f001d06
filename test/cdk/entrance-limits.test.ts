import { expect, test } from "vitest";
import { type Operation, operations } from "../../lib/operations.ts";
import { resourcesOf, type Synthesis, synthesize } from "./synthesis.ts";

const names = ["ENTRANCES_PER_ADDRESS", "ENTRANCES_PER_APPLICATION"];

/** The limits that each function has in its environment, by function; those without any are left out. */
const limitsIn = (made: Synthesis) =>
  Object.fromEntries(
    Object.values(made.templates)
      .flatMap((template) => Object.entries(resourcesOf(template, "AWS::Lambda::Function")))
      .map(([id, { Properties }]) => [id, names.map((name) => Properties.Environment?.Variables?.[name])] as const)
      .filter(([, limits]) => limits.some((limit) => limit !== undefined)),
  );

/** Entrances, and operations at whose tier individuals sign in. */
const limited = (operations as readonly Operation[]).filter(
  ({ entrance, tier }) => entrance || ["account", "user"].includes(tier),
);

test.each([
  ["60 and 1200 by default", {}, ["60", "1200"]],
  ["those of the options", { entrancesPerAddress: "20", entrancesPerApplication: "100" }, ["20", "100"]],
])(
  "entrances, and functions where individuals sign in, have the limits of calls in their environment, and no others: %s",
  (_, options, limits) => {
    const expected = Object.fromEntries(limited.map(({ id }) => [`${id}Function`, limits]));
    expect(limitsIn(synthesize(options))).toEqual(expected);
  },
);
