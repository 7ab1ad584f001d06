/** The tenant that has users before the measurement. */
export const peerTenant = "riverside";

/** How many users it has. */
export const tenantUsers = 100;

/** Who owns the tenant, where tenants have owners. */
export const peerOwner = { email: "owner@example.org", password: "mauve otter juggles 41 kettles" } as const;
