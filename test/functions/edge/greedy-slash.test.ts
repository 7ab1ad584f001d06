import { expect, it } from "vitest";
import { handler } from "../../../functions/therapists/organization-list.ts";
import { routeOf } from "../../../lib/api/routes.ts";
import { toEvent } from "../../../local/event.ts";
import { makePractice } from "../../system.ts";

// API Gateway takes no route that ends in a slash: such paths are deployed as greedy ones, which match deeper paths too.
it.each([
  ["", 204],
  ["deeper", 404],
])("a path deployed with {rest+} and followed by %j answers %i", async (rest, status) => {
  const { applicationId, applicationPassword, accountId } = await makePractice();
  const basic = Buffer.from(`${applicationId}:${applicationPassword}`).toString("base64");
  const request = {
    method: "GET",
    target: `/therapist/organizations/${rest}`,
    headers: { authorization: `Basic ${basic}`, "x-account-id": accountId },
    body: Buffer.alloc(0),
    sourceIp: "127.0.0.1",
    now: new Date(),
  };
  const event = toEvent(request, routeOf("GET", "/therapist/organizations/"));
  const answer = await handler({ ...event, pathParameters: { rest } } as never, {} as never);
  expect(answer.statusCode).toBe(status);
});
