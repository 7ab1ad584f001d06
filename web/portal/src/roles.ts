/** The roles that mean something at a portal, with their ids. */
export const roleIds = {
  administrator: "000000000000000000000004",
  provider: "000000000000000000000005",
  support: "000000000000000000000006",
  developer: "000000000000000000000007",
} as const;
