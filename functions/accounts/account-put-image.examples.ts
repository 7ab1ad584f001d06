import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, imageFields, path } from "../../openapi/portal-schemas.ts";
import { done, Image, status200 } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

export default describeOperation("AccountPutImage", {
  description:
    "Begins the upload of an account's image. Then send the file to `uploadUrl` within 15 minutes: a form " +
    "(`multipart/form-data`) with the `fields` and, after them, the file as `file`. It may have 10 MiB, and be JPEG, PNG, " +
    "WebP, GIF, AVIF or HEIC. The image is ready a few seconds later (`state` 2). An image from before is deleted at once. " +
    "`null` as `content` removes the image.",
  input: {
    path: path(id),
    body: z.strictObject(imageFields).meta({ description: "The file to upload, or `null` to remove the image." }),
  },
  success: status200(z.union([Image, done]), "The image, and how to upload its file; `true` after a removal."),
  roundTrips: 3,
  repeatable: false,
  event: "account.updated",
  examples: {
    begin: {
      given: "holder",
      path: { id: "me" },
      body: { content: "me.jpg" },
      answers: sample.begunImage,
      typical: true,
    },
    remove: { given: "image ready", path: { id: "me" }, body: { content: null }, answers: sample.done },
  },
  ways: {
    "in place of another": { given: "image ready", path: { id: "me" }, body: { content: `${sample.note} and I.jpg` } },
    "an administrator": { given: "administrator", path: { id: sample.id }, body: { content: "me.jpg" } },
  },
  circumstances: { "to a server": { given: "server and account" } },
  failures: {
    kNotFound: { path: { id: sample.nobodysId }, says: "Not found" },
    kValidationError: {
      body: { content: "" },
      says: "Validation error",
      errors: [
        {
          field: "account.image.content",
          message: "must be text of 1 to 255 characters, not all of them invisible",
          code: "kInvalidString",
        },
      ],
    },
  },
});
