import { describe, expect, it } from "vitest";
import { judgePassword } from "../../../../lib/accounts/sign-in/password-rule.ts";

const personal = ["Grace Oak", "grace@oak.example", "+16505550147", "Hillside Clinic"];
const judge = (password: string, minScore = 2, isScored = true) =>
  judgePassword(password, { minScore, personal, isScored });

describe("judgePassword", () => {
  it.each([
    ["seven c", { weakness: "short" }],
    // Characters count, not UTF-16 units.
    ["🦦🦦🦦🦦🦦🦦🦦", { weakness: "short" }],
    ["x".repeat(257), { weakness: "long" }],
    ["Grace-Oak 12", { weakness: "personal" }],
    ["HILLSIDE_clinic", { weakness: "personal" }],
    ["+1 (650) 555-0147", { weakness: "personal" }],
    ["password12345", { weakness: "guessable", score: 1 }],
    ["mauve otter juggles 41 kettles", { score: 4 }],
  ])("%s", async (password, found) => {
    expect(await judge(password)).toEqual(found);
  });

  it("the portal's minimum decides what is too easily guessed; the score is told either way", async () => {
    expect(await judge("otterkettle9", 3)).toEqual({ score: 3 });
    expect(await judge("otterkettle9", 4)).toEqual({ weakness: "guessable", score: 3 });
  });

  it("does not score where that is not wanted", async () => {
    expect(await judge("password12345", 4, false)).toEqual({});
  });
});
