import { newId } from "../../crypto/random.ts";
import { filesToDeleteKey } from "../../table/keys.ts";
import { create, type TransactionPart } from "../../table/transact.ts";
import { objectsOf } from "./objects.ts";

/** Long enough to look into a failure of the worker. */
const keptSeconds = 7 * 86_400;

/** Returns the part that has the objects of an upload deleted, for the transaction after which nobody needs them. */
export const deletionOf = (uploadId: string, now: Date): TransactionPart =>
  create(
    filesToDeleteKey(newId(now)),
    {
      type: "filesToDelete",
      objects: objectsOf(uploadId),
      expiresAt: Math.ceil(now.getTime() / 1000) + keptSeconds,
    },
    "changed",
  );
