import { FrontdeskError, type InvitationCreateInput, isFailure } from "../../../../../client/src/client.ts";
import { callAsAdministrator } from "../people/administrators.tsx";

/** What came of one invitation. */
export type Fate = "sent" | "hasAccount" | "refused" | "notSent";

/** What came of invitations, by the addresses. */
export type Fates = Readonly<Record<string, Fate>>;

/** An invitation. */
export type Invitation = InvitationCreateInput["targets"][number];

/** As many as the server takes at once: all of them, or none. */
const atOnce = 50;

/**
 * Sends invitations in parts. Those that the server refuses are left out of their part, and the others are sent.
 * @param onFates called after each part with what has come of all so far
 * @throws FrontdeskError when a part could not be sent: it and those after it are `notSent`
 */
export async function sendInvitations(all: readonly Invitation[], onFates: (fates: Fates) => void): Promise<void> {
  let fates: Fates = Object.fromEntries(all.map(({ email }) => [email, "notSent"]));
  for (let start = 0; start < all.length; start += atOnce) {
    fates = { ...fates, ...(await sendPart(all.slice(start, start + atOnce))) };
    onFates(fates);
  }
}

async function sendPart(targets: readonly Invitation[]): Promise<Fates> {
  if (targets.length === 0) return {};
  try {
    await callAsAdministrator((portal) => portal.invitationCreate({ targets }));
    return fatesOf(targets, "sent");
  } catch (error) {
    const refused = refusedIn(error, targets);
    if (refused.length === 0) throw error;
    const fate = isFailure(error) && error.code === "kExists" ? "hasAccount" : "refused";
    const others = targets.filter((target) => !refused.includes(target));
    return { ...fatesOf(refused, fate), ...(await sendPart(others)) };
  }
}

const fatesOf = (targets: readonly Invitation[], fate: Fate): Fates =>
  Object.fromEntries(targets.map(({ email }) => [email, fate]));

/** The targets whose addresses a fault names: `targets[2].email`. */
function refusedIn(error: unknown, targets: readonly Invitation[]): readonly Invitation[] {
  if (!(error instanceof FrontdeskError)) return [];
  return error.faults.flatMap(({ path }) => {
    const place = /^targets\[(\d+)\]\.email$/.exec(path)?.[1];
    return (place !== undefined && targets[Number(place)]) || [];
  });
}
