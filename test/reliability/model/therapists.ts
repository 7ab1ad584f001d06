import { toTherapist } from "../../kit/worlds.ts";
import type { Definition } from "./command.ts";
import { type Lane, type ModelOrganization, oneOf } from "./lane.ts";

/** Commands of the family therapists. */

const therapistOf = ({ place }: Lane, pick: number) => 10 * place + (pick % 2) + 1;
const own = (lane: Lane, organizations: readonly ModelOrganization[] = []) =>
  organizations.filter(({ name }) => name.startsWith(lane.name));

/** The client's organizations that are in a list. */
const listed = ({ model }: Lane, isWanted: (organization: ModelOrganization) => boolean = () => true) =>
  [...model.organizations.values()].filter((each) => each.is_active && isWanted(each)).sort((a, b) => a.id - b.id);

/** All commands of the family. */
export const therapistsCommands: readonly Definition[] = [
  {
    id: "OrganizationSave",
    weight: 3,
    async run(lane, [pick, therapist, activity]) {
      const { organizations } = lane.model;
      const before = pick % 2 ? oneOf([...organizations.values()], pick >> 1) : undefined;
      const id = before?.id ?? (pick % 9 === 8 ? 0 : undefined);
      const fields = { name: lane.fresh("organization"), therapist_user_id: therapistOf(lane, therapist) };
      const body = before ? { id, name: fields.name, is_active: activity % 3 > 0 } : { id, ...fields };
      const refusal = id === 0 ? "404" : undefined;
      const events = [before ? "organization.updated" : "organization.created"];
      const response = await lane.call("OrganizationSave", { refusal, events }, (options) =>
        toTherapist(lane.portal.practice, "POST", "/therapist/organizations/", body, options),
      );
      if (!response) return;
      const after = { ...fields, is_active: true, ...before, ...body, id: response.json.id as number };
      if (!before && organizations.has(after.id)) lane.expectSame("OrganizationSave", after.id, "a new id");
      lane.expectSame("OrganizationSave", response.json, after);
      organizations.set(after.id, after);
    },
  },
  {
    id: "OrganizationList",
    async run(lane) {
      const response = await lane.call("OrganizationList", {}, (options) =>
        toTherapist(lane.portal.practice, "GET", "/therapist/organizations/", undefined, options),
      );
      if (response) lane.expectSame("OrganizationList", own(lane, response.json), listed(lane));
    },
  },
  {
    id: "OrganizationListByTherapist",
    async run(lane, [pick]) {
      const therapist = therapistOf(lane, pick);
      const response = await lane.call("OrganizationListByTherapist", {}, (options) =>
        toTherapist(lane.portal.practice, "GET", `/therapist/organizations/${therapist}/`, undefined, options),
      );
      if (!response) return;
      const expected = listed(lane, ({ therapist_user_id }) => therapist_user_id === therapist);
      lane.expectSame("OrganizationListByTherapist", response.json ?? [], expected);
    },
  },
  {
    id: "PracticeProfileSave",
    weight: 2,
    async run(lane, [pick]) {
      // The keys of users, because the profile goes with its user.
      const userId = `${lane.name}-u${pick % 3}`;
      const firstName = lane.fresh("profile");
      const body = { userId, firstName, image: "https://images.example.org/me.png", address: [], orgid: pick };
      const response = await lane.call("PracticeProfileSave", { events: ["practiceProfile.saved"] }, (options) =>
        toTherapist(lane.portal.practice, "POST", "/therapist/practice-profile/", body, options),
      );
      if (response) lane.model.profiles.set(userId, firstName);
    },
  },
  {
    id: "PracticeProfileGet",
    async run(lane, [pick]) {
      const userId = `${lane.name}-u${pick % 3}`;
      const firstName = lane.model.profiles.get(userId);
      const refusal = firstName === undefined ? "404" : undefined;
      const response = await lane.call("PracticeProfileGet", { refusal }, (options) =>
        toTherapist(lane.portal.practice, "GET", `/therapist/practice-profile/${userId}/`, undefined, options),
      );
      if (response) lane.expectSame("PracticeProfileGet", response.json.firstName, firstName);
    },
  },
  {
    id: "PracticeProfileList",
    async run(lane) {
      const response = await lane.call("PracticeProfileList", {}, (options) =>
        toTherapist(lane.portal.practice, "GET", "/therapist/practice-profile/", undefined, options),
      );
      if (!response) return;
      const answered = ((response.json ?? []) as readonly { userId: string; firstName: string }[])
        .filter(({ userId }) => userId.startsWith(lane.name))
        .map(({ userId, firstName }) => [userId, firstName]);
      lane.expectSame("PracticeProfileList", answered, [...lane.model.profiles].sort());
    },
  },
];
