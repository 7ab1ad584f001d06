/** The ids of the roles that every portal has (contract accounts §3). */
export const roleIds = {
  administrator: "000000000000000000000004",
  provider: "000000000000000000000005",
  support: "000000000000000000000006",
  developer: "000000000000000000000007",
} as const;
