import {
  type AccountWhere,
  createPortal,
  type Directory,
  type EventListInput,
  each,
  FrontdeskError,
  isFailure,
  type Portal,
  type Practice,
} from "../../client/src/client.ts";
import type { Connection } from "./connect.ts";
import { Complaint } from "./failure.ts";

/** The calls of the commands that are more than one method of the client. */

/** How many accounts one call lists. */
const accountsPerCall = 1000;

/** All events that are wanted, newest first, page by page. */
export const eachEvent = ({ directory }: Connection, wanted: EventListInput) => each(directory.eventList, wanted);

/** All profiles of a practice, page by page. */
export const eachProfile = ({ directory }: Connection, accountId: string) =>
  each(directory.as({ accountId }).practiceProfileList);

/** All organizations of a practice, inactive ones too, page by page. */
export const eachOrganization = ({ directory }: Connection, accountId: string) =>
  each(directory.as({ accountId }).organizationList, { include: "inactive" });

/** All accounts of a portal, newest first. @param limit how many accounts one call lists */
export const eachAccount = (portal: Portal, where?: AccountWhere, limit = accountsPerCall) =>
  each(portal.accountList, { where, limit });

/** A practice's portal, for an application. `undefined` where the practice has no web address, and so no portal. */
export function portalOf({ url, application }: Connection, practice: Practice): Portal | undefined {
  const { websiteAddress: org, accountId } = practice;
  return org === "" ? undefined : createPortal({ url, org, application, accountId });
}

/** Reads a practice. @returns `undefined` for an id that no practice has */
export async function findPractice(directory: Directory, accountId: string): Promise<Practice | undefined> {
  try {
    return (await directory.practiceGet({ accountId })).practice;
  } catch (error) {
    if (isFailure(error, "PracticeGet") && error.code === 4131) return undefined;
    throw error;
  }
}

/** Reads a practice. @throws Complaint for an id that no practice has */
export async function getPractice(directory: Directory, accountId: string): Promise<Practice> {
  const practice = await findPractice(directory, accountId);
  if (practice) return practice;
  throw new Complaint(`there is no practice ${accountId}`, "`frontdesk list practices` shows them.");
}

/** The portal of a practice. @throws Complaint where there is none, or it is closed */
export async function getPortal(connection: Connection, accountId: string): Promise<Portal> {
  const practice = await getPractice(connection.directory, accountId);
  if (!practice.active) throw new Complaint(`the practice ${accountId} is inactive, so its portal is closed`);
  const portal = portalOf(connection, practice);
  if (portal) return portal;
  throw new Complaint(`the practice ${accountId} has no web address, so it has no portal`);
}

/** Whether a call failed because its practice does not exist or is inactive. */
export const isPracticeClosed = (error: unknown): error is FrontdeskError =>
  error instanceof FrontdeskError && (error.code === 4011 || error.code === 401);
