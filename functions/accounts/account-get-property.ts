import { showAccount, showProperty } from "../../lib/accounts/account/show.ts";
import { getTarget, targetId, targetKey } from "../../lib/accounts/account/target.ts";
import { isTotpActive } from "../../lib/accounts/sign-in/totp.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { totpKey } from "../../lib/table/keys.ts";

/** Whether a path names the second factor, which is stored apart from the account. */
const isTotp = ({ property }: Readonly<Record<string, string>>) => property?.replace(/\/$/, "") === "totp";

/** Reads one property of an account, as a list when it is an array. A property that the caller may not read is unknown. */
export const handler = operation("AccountGetProperty", byPortal, {
  reads: (scope) => {
    const id = isTotp(scope.path) ? targetId(scope) : undefined;
    return { target: targetKey(scope), totp: id && totpKey(id) };
  },
  errors: ["kNotFound"],
  async run(request) {
    const { found, path, viewer } = request;
    if (isTotp(path)) {
      const { account } = getTarget(found.target, path, viewer);
      if (viewer.id !== account.id && !viewer.administrator) throw new Failure("kNotFound");
      return resultOf(isTotpActive(found.totp));
    }
    // Nothing after the slash means the account itself.
    return path.property ? showProperty(found.target, path.property, request) : showAccount(found.target, request);
  },
});
