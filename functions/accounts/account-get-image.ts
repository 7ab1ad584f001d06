import { showProperty } from "../../lib/accounts/account/show.ts";
import { getTarget, targetKey } from "../../lib/accounts/account/target.ts";
import { facetFile } from "../../lib/accounts/image/file.ts";
import { facets } from "../../lib/accounts/image/objects.ts";
import { signedPicture } from "../../lib/accounts/image/signed.ts";
import { byPortal } from "../../lib/api/by-portal.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";

const json = /(^|,)\s*application\/json\s*([;,]|$)/i;

/** Leads to a picture of an account, which the bucket answers. Callers that want JSON get its address in the body. */
export const handler = operation("AccountGetImage", byPortal, {
  reads: (scope) => ({ target: targetKey(scope) }),
  clientKeyInQuery: true,
  errors: ["kNotFound", "kMediaNotReady"],
  async run(request) {
    const { viewer, path, found, accept, reply, context } = request;
    const facet = facets.find((name) => name === path.name);
    if (!facet) return showProperty(found.target, `image/${path.name}`, request);
    const { account } = getTarget(found.target, path, viewer);
    const { image } = account;
    if (image && image.state < 2) throw new Failure("kMediaNotReady");
    if (!image?.[facet]) throw new Failure("kNotFound", [], image?.reason);
    const url = await signedPicture(image.uploadId, facet, context.now);
    // The bucket need not learn which page shows the picture.
    reply.headers["referrer-policy"] = "no-referrer";
    if (!json.test(accept)) {
      reply.status = 302;
      reply.headers.location = url;
    }
    return { ...facetFile(image, facet, account.id), url };
  },
});
