import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { getOwnAccount, targetId } from "../../lib/accounts/account/target.ts";
import { setDeviceCookie } from "../../lib/accounts/session/session.ts";
import { isCode, readCode } from "../../lib/accounts/sign-in/code.ts";
import {
  deviceReads,
  knownDevice,
  namesWith,
  newDeviceName,
  recordDevice,
  removeDevice,
} from "../../lib/accounts/sign-in/device.ts";
import { activeTotp, checkTotpCode, reserveTotpTry } from "../../lib/accounts/sign-in/totp.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { queueMessage } from "../../lib/messages/outbox.ts";
import { waitForAll } from "../../lib/table/deadline.ts";
import { emailKey, totpKey } from "../../lib/table/keys.ts";
import { readItems } from "../../lib/table/read.ts";
import { retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/** Turns the caller's second factor on, by the first code of their app. Answers recovery codes, which are shown only now. */
export const handler = operation("TotpConfirm", byPortal, {
  reads: (scope) => {
    const id = targetId(scope);
    return { totp: id && totpKey(id) };
  },
  errors: ["kNotFound", "kCallbackFormat", "kCallbackNotFound", "kAccountLocked"],
  async run(request) {
    const { path, viewer, deviceNames, input, found, isCrossSite, context } = request;
    const { account: holder } = getOwnAccount(path, viewer);
    if (found.totp?.state !== "pending") throw new Failure("kNotFound");
    const code = readCode(input.code);
    if (!isCode(code)) throw new Failure("kCallbackFormat");
    const [devices, reserved] = await waitForAll([
      readItems({ claim: emailKey(holder, holder.email), ...deviceReads(holder, holder.email, deviceNames) }),
      reserveTotpTry(holder, "confirmation", context.now),
    ]);
    const shown = await checkTotpCode(holder, found.totp, code, context.now);
    if (!shown) {
      await reserved.failed();
      throw new Failure("kCallbackNotFound");
    }
    // The holder has just shown a second factor on this device.
    const known = knownDevice(devices, devices.claim, deviceNames, context.now);
    const device = { name: newDeviceName(), label: known?.label, trusted: true };
    const deviceCookie = setDeviceCookie(namesWith(device.name, deviceNames, devices), isCrossSite);
    const turnedOn = retryOnConflict(request, async ({ portal, viewer, found, actor, context }) => {
      const { account } = getOwnAccount(path, viewer);
      const { recoveryCodes, part } = await activeTotp(account, found.totp, shown);
      return {
        parts: [
          part,
          // A reset of the password removes it, so that it must not be written by a session from before.
          ...rightsHeldBy(viewer, totpKey(account)),
          ...reserved.success(),
          ...(known ? removeDevice(account, known) : []),
          ...recordDevice(account, devices.claim, device, context.now),
          await queueMessage({ kind: "totpAdded", to: account.email, practiceName: portal.practiceName }, context.now),
          accountEvent(portal, "account.totpAdded", account.id, actor, context),
        ],
        answer: resultOf({ recoveryCodes }),
        tell: ({ cookies }) => cookies.push(deviceCookie),
      };
    });
    return turnedOn.catch(async (refusal) => {
      // No code was wrong: it was right when it was checked.
      if (refusal instanceof Failure) await reserved.succeeded();
      throw refusal;
    });
  },
});
