import type { StoredImage } from "../../table/records.ts";
import type { Facet } from "./objects.ts";

/** A picture in one size, as callers see it. */
export const facetFile = (image: StoredImage, facet: Facet, accountId: string) => {
  const { etag, height, size, width } = image[facet] ?? {};
  return {
    ETag: etag,
    creator: image.creator,
    height,
    location: 4,
    mime: "image/jpeg",
    name: facet,
    path: `/accounts/${accountId}/image/${facet}`,
    size,
    state: image.state,
    width,
  };
};

/** The image of an account, as callers see it (contract accounts §3). */
export const imageFile = (image: StoredImage, accountId: string) => ({
  ...facetFile(image, "content", accountId),
  facets: [facetFile(image, "thumbnail", accountId)],
  reason: image.reason,
});
