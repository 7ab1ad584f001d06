/** The shape of the one table, read by CDK and by the local engine alike. */
export const tableDefinition = {
  partitionKey: "pk",
  sortKey: "sk",
  /** Sparse, KEYS_ONLY; its attributes are strings. */
  index: { name: "gsi1", partitionKey: "gsi1pk", sortKey: "gsi1sk" },
  /** Epoch seconds after which DynamoDB may delete the item. */
  timeToLiveAttribute: "expiresAt",
} as const;
