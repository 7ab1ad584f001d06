import * as z from "zod";
import { describeOperation } from "../../openapi/describe.ts";
import { id, path } from "../../openapi/portal-schemas.ts";
import { PictureLink, requiredHeader } from "../../openapi/records.ts";
import * as sample from "../../openapi/samples.ts";

const name = z.enum(["content", "thumbnail"]).meta({
  description: "The size: `content` has at most 1024 pixels on each side, `thumbnail` 160 × 160.",
});
const ofPage = {
  "Referrer-Policy": requiredHeader("`no-referrer`: the bucket does not learn which page shows the picture."),
};

const json = { accept: "application/json" };
const answers = { ...sample.imageContent, url: sample.pictureUrl };

export default describeOperation("AccountGetImage", {
  description:
    "Leads to a picture of an account: redirects to an address that works for five minutes. With the header " +
    "`Accept: application/json` the address is in the body.",
  input: {
    path: path({ ...id, name }),
    query: z.object({
      client_key: z
        .string()
        .optional()
        .meta({
          description:
            "The vendor's client key, for pages that show the picture by `<img>`: they cannot send the header " +
            "`Medable-Client-Key`.",
        }),
    }),
  },
  success: {
    200: { description: "The picture, with its address.", body: PictureLink, headers: ofPage },
    302: {
      description: "The picture is at the address in `Location`.",
      body: PictureLink,
      headers: { ...ofPage, Location: requiredHeader("Where the picture can be read, for five minutes.") },
    },
  },
  roundTrips: 2,
  repeatable: true,
  examples: {
    address: {
      given: "image ready",
      path: { id: "me", name: "content" },
      headers: json,
      answers,
      typical: true,
    },
    redirect: { given: "image ready", path: { id: "me", name: "content" }, status: 302, answers },
    redirectOfServer: { given: "server and image", path: { id: sample.id, name: "content" }, status: 302, answers },
  },
  ways: { thumbnail: { given: "image ready", path: { id: "me", name: "thumbnail" }, headers: json } },
  circumstances: { "to a server": { given: "server and image" } },
  failures: {
    kInvalidArgument: { rawQuery: "x=%F1", says: "The query is not UTF-8" },
    kMediaNotReady: { given: "image begun", says: "The media is not ready yet" },
    kNotFound: {
      given: "image refused",
      says: "The file is not a JPEG, PNG, WebP, GIF, AVIF or HEIC picture.",
    },
  },
});
