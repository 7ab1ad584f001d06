import * as z from "zod";
import { settingsOf } from "./settings.ts";

// In a file of its own, because every function would contain it otherwise.
const EdgeSettings = z.object({
  /** Name of the secret whose value CloudFront sends with each request, and its region. */
  EDGE_SECRET_NAME: z.string().min(3),
  EDGE_SECRET_REGION: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  /** Nothing uses it: a rotation changes it, so that Lambda starts new instances. */
  EDGE_SECRET_VERSION: z.string().regex(/^\d+$/),
  /** `true` refuses requests that did not come through CloudFront. */
  EDGE_ONLY: z.enum(["true", "false"]),
});

/**
 * The settings of the function that admits requests from CloudFront.
 * @throws Error in one line that names every missing or wrong variable, never its value
 */
export const edgeSettings = settingsOf(EdgeSettings);
