import { dictionary } from "@zxcvbn-ts/language-common";
import { expect, it } from "vitest";
import { scorePassword } from "../../../../lib/accounts/sign-in/password-judge.ts";
import { portalSettingsOf } from "../../../../lib/portal-settings.ts";

/** The most common passwords that are long enough, the most common one first. */
const common = dictionary["passwords-common"].map(String).filter((password) => password.length >= 8);

it("the 3,000 most common passwords of 8 or more characters score less than the default minimum", () => {
  expect(common.length).toBeGreaterThan(3000);
  // All of them take half a minute, so the first hundred, and every tenth of the others.
  const some = common.slice(0, 3000).filter((_, index) => index < 100 || index % 10 === 0);
  const accepted = some.filter((password) => scorePassword(password, []) >= portalSettingsOf().minPasswordScore);
  expect(accepted).toEqual([]);
});
