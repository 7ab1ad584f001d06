import { localeDefault } from "../../lib/accounts/portal.ts";
import { allowOrigin } from "../../lib/api/allow-origin.ts";
import { byAddress } from "../../lib/api/by-address.ts";
import { operation } from "../../lib/api/operation.ts";
import { Failure } from "../../lib/errors.ts";

const cacheSeconds = 60;

/** Says what a page needs to know of a portal before anybody has signed in. All of it is public. */
export const handler = operation("PortalGet", byAddress, {
  errors: ["kNotFound"],
  async run({ portal, origin, reply }) {
    reply.headers.vary = "Origin";
    if (!portal) throw new Failure("kNotFound");
    const { vendor, practice, settings } = portal;
    allowOrigin(reply, settings, origin);
    reply.headers["cache-control"] = `public, max-age=${cacheSeconds}`;
    return {
      object: "org",
      code: practice.websiteAddress,
      name: practice.name,
      city: practice.city,
      state: practice.state,
      tz: practice.timeZone,
      locale: localeDefault,
      registration: settings.registration,
      twoFactor: settings.twoFactor,
      minPasswordScore: settings.minPasswordScore,
      clientKey: vendor.clientKeys[0],
    };
  },
});
