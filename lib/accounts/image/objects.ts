/** The sizes of a picture: at most 1024 pixels wide and high, and 160 × 160. */
export const facets = ["content", "thumbnail"] as const;
/** A size of a picture. */
export type Facet = (typeof facets)[number];

/** How long a worker may take for an upload: its time limit in Lambda. Afterwards another one may begin. */
export const uploadLeaseMs = 60_000;
/** The most bytes of an uploaded file. */
export const fileBytesMax = 10 * 2 ** 20;

/** What the keys of uploads begin with. The bucket deletes what is still there after a day. */
export const uploadPrefix = "uploads/";

/** What the keys of pictures begin with. */
export const imagePrefix = "images/";

/** The key of the object that an upload creates. */
export const uploadObject = (uploadId: string): string => `${uploadPrefix}${uploadId}`;

/** The key of the object that contains a picture in one size, as JPEG. */
export const facetObject = (uploadId: string, facet: Facet): string => `${imagePrefix}${uploadId}/${facet}.jpg`;

/** The keys of all objects that an upload can have. */
export const objectsOf = (uploadId: string): string[] => [
  uploadObject(uploadId),
  ...facets.map((facet) => facetObject(uploadId, facet)),
];
