import { org } from "../../place.ts";
import { usePortal } from "../../portal.ts";

/** The name of the practice; until the portal has answered, the portal's. */
export const usePracticeName = (): string => usePortal().info?.name ?? org;
