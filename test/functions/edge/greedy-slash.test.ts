import { describe, expect, it } from "vitest";
import { routeOf } from "../../../lib/api/routes.ts";
import type { OperationId } from "../../../lib/operations.ts";
import { openPortal } from "../../kit/portal.ts";
import { makePractice, send } from "../../kit/system.ts";
import { headersOf } from "../therapists/therapists-contract.ts";

// API Gateway has no routes that end in a slash. Such paths are deployed as greedy routes, which match deeper paths too.

describe("a path that is deployed with {rest+}", () => {
  it.each([
    ["GET", "/therapist/organizations/", "OrganizationList", 204],
    ["GET", "/therapist/organizations/7/", "OrganizationListByTherapist", 204],
    ["GET", "/therapist/organizations/7/8", "OrganizationListByTherapist", 404],
    ["GET", "/therapist/organizations/7/8/9/", "OrganizationListByTherapist", 404],
    ["GET", "/therapist/practice-profile/x/y", "PracticeProfileGet", 404],
    ["POST", "/therapist/practice-profile/x/y", "PracticeProfileSave", 404],
  ] satisfies [string, string, OperationId, number][])(
    "has no paths below it: %s %s, which is routed to %s, answers %i",
    async (method, target, id, status) => {
      const headers = headersOf(await makePractice());
      expect(routeOf(method, target).row.id).toBe(id);
      const answer = await send(method, target, { headers, body: method === "POST" ? {} : undefined });
      expect(answer.status).toBe(status);
      if (status === 404) expect(answer.headers["content-type"]).toBe("application/problem+json");
    },
  );

  it.each([
    ["POST", "/therapist/organizations/7", "OrganizationSave", "GET, HEAD"],
    ["POST", "/therapist/practice-profile/x/", "PracticeProfileSave", "GET"],
  ] satisfies [string, string, OperationId, string][])(
    "names the verbs of the path below it: %s %s, which is routed to %s, answers 405 with Allow: %s",
    async (method, target, id, allow) => {
      // Regression: such a call was answered 404 in AWS and 405 by `npm start`.
      expect(routeOf(method, target).row.id).toBe(id);
      const answer = await send(method, target, { headers: headersOf(await makePractice()), body: {} });
      expect([answer.status, answer.headers.allow]).toEqual([405, allow]);
    },
  );
});

describe("below a portal's paths", () => {
  const id = "0123456789abcdef01234567";
  it.each([
    ["GET", "accounts/status/x", "AccountStatus", 404, undefined],
    ["GET", "accounts//", "AccountList", 404, undefined],
    ["POST", "accounts/login/x", "AccountLogin", 405, "GET, HEAD"],
    ["POST", `accounts/${id}/name/first`, "AccountVerify", 405, "GET, HEAD"],
    ["PUT", "accounts/me/name/first/", "AccountPut", 405, "GET, HEAD"],
    ["PATCH", `accounts/${id}/name`, "AccountPatch", 405, "GET, HEAD"],
    ["POST", "accounts/me/logout/x/y", "AccountLogout", 405, "GET, HEAD"],
    ["POST", "token/a/b/c", "AccountVerify", 404, undefined],
    ["POST", "token//", "AccountVerify", 404, undefined],
  ] satisfies [string, string, OperationId, number, string | undefined][])(
    "%s %s, which is routed to %s, is a fault %i with Allow: %s, for every caller",
    async (method, path, row, status, allow) => {
      const portal = await openPortal();
      for (const prefix of ["/v2/", "/"]) {
        const target = `/${portal.org}${prefix}${path}`;
        expect(routeOf(method, target).row.id).toBe(row);
        for (const headers of [{}, { "medable-client-key": portal.clientKey }, headersOf(portal.practice)]) {
          const body = method === "GET" ? undefined : "{ no JSON";
          const answer = await send(method, target, { headers: headers as Record<string, string>, body });
          expect([answer.status, answer.headers.allow]).toEqual([status, allow]);
          expect(answer.json).toMatchObject({
            object: "fault",
            code: status === 404 ? "kNotFound" : "kUnsupportedOperation",
            status,
          });
        }
      }
    },
  );
});
