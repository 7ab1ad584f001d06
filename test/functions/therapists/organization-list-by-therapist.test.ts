import { beforeAll, describe, expect, it } from "vitest";
import { makePractice, type TestPractice } from "../../kit/system.ts";
import { describeList } from "./list-suite.ts";
import {
  expectNothing,
  expectProblem,
  get,
  nextOf,
  organizationsPath,
  saveOrganization,
} from "./therapists-contract.ts";

describe("OrganizationListByTherapist", () => {
  describeList(() => "/therapist/organizations/7/", { name: "Listed", therapist_user_id: 7 });

  let auth: TestPractice;
  beforeAll(async () => {
    auth = await makePractice();
  });

  describe("200", () => {
    it.each([0, -7, 7, 77, 770, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])(
      "lists the organizations of therapist %d and no others",
      async (therapist_user_id) => {
        const { json } = await saveOrganization(auth, { therapist_user_id });
        expect((await get(auth, `${organizationsPath}${therapist_user_id}/`)).json).toEqual([json]);
      },
    );

    it("ignores leading zeros", async () => {
      const practice = await makePractice();
      const { json } = await saveOrganization(practice, { therapist_user_id: 5 });
      expect((await get(practice, `${organizationsPath}005/`)).json).toEqual([json]);
    });

    it("lists an organization without therapist for no therapist", async () => {
      await saveOrganization(auth, { therapist_user_id: null });
      expectProblem(await get(auth, `${organizationsPath}null/`), 400, ["therapistUserId"]);
      expectNothing(await get(auth, `${organizationsPath}4/`));
    });
  });

  describe("204", () => {
    // Regression: they were refused as values that are not integers.
    it.each(["9007199254740993", "-9007199254740993", "9".repeat(400)])(
      "answers %s, which no therapist has",
      async (id) => {
        expectNothing(await get(auth, `${organizationsPath}${id}/`));
      },
    );
  });

  describe("400", () => {
    it.each(["x", "1.5", "1e3", "0x1f", "%201", "1%20", "--1", "-", "١"])(
      "refuses %s, which is not an integer",
      async (therapistUserId) => {
        expectProblem(await get(auth, `${organizationsPath}${therapistUserId}/`), 400, ["therapistUserId"]);
      },
    );

    it("refuses the cursor of another therapist's list, and of the list of all organizations", async () => {
      const practice = await makePractice();
      for (const therapist_user_id of [1, 1, 2, 2]) await saveOrganization(practice, { therapist_user_id });
      const targets = ["1/", "2/", ""].map((list) => `${organizationsPath}${list}`);
      for (const target of targets) {
        const cursor = new URLSearchParams(nextOf(await get(practice, `${target}?limit=1`))?.split("?")[1]).get(
          "cursor",
        );
        for (const other of targets) {
          const response = await get(practice, `${other}?limit=1&cursor=${cursor}`);
          if (other === target) expect(response.status).toBe(200);
          else expectProblem(response, 400, ["cursor"]);
        }
      }
    });

    it("does not let a query name another therapist", async () => {
      const practice = await makePractice();
      const { json } = await saveOrganization(practice, { therapist_user_id: 5 });
      await saveOrganization(practice, { therapist_user_id: 6 });
      expect((await get(practice, `${organizationsPath}5/?therapistUserId=6`)).json).toEqual([json]);
    });
  });
});
