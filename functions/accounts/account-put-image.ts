import { accountChange, authorId, withDocument } from "../../lib/accounts/account/account.ts";
import { accountEvent } from "../../lib/accounts/account/account-event.ts";
import { mayWrite } from "../../lib/accounts/account/properties.ts";
import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { changeImage, imageErrors } from "../../lib/accounts/image/change.ts";
import { imageFile } from "../../lib/accounts/image/file.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { resultOf } from "../../lib/api/fault.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";
import { portalAccountKey } from "../../lib/table/keys.ts";
import { retryOnConflict, rightsHeldBy } from "../../lib/table/transact.ts";

/** Begins the upload of an account's image. `null` as its `content` removes the image. */
export const handler = operation("AccountPutImage", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  errors: ["kNotFound", "kValidationError"],
  run: (request) =>
    retryOnConflict(request, async ({ portal, viewer, actor, path, found, input, context }) => {
      const { account } = getTarget(found.target, path, viewer);
      if (!mayWrite(["image"], account, viewer)) {
        const child = { field: "account.image", message: "not writable", code: "kAccessDenied" } as const;
        throw new Failure("kAccessDenied", [child]);
      }
      const fieldErrors = imageErrors(input);
      if (fieldErrors.length > 0) throw new Failure("kValidationError", fieldErrors);

      const { now } = context;
      const { image, parts, uploads } = await changeImage(account, input, authorId(viewer), now);
      const after = { ...withDocument(account, account.document, viewer, now), image };
      const event = accountEvent(portal, "account.updated", account.id, actor, context, ["image"]);
      return {
        parts: [
          accountChange(account, after),
          ...parts,
          ...rightsHeldBy(viewer, portalAccountKey(account)),
          ...(viewer.accessHeld ? [viewer.accessHeld] : []),
          event,
        ],
        answer: image ? { ...imageFile(image, account.id), uploads } : resultOf(true),
      };
    }),
});
