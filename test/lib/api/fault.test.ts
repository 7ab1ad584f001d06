import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { describe, expect, it } from "vitest";
import { fault } from "../../../lib/api/fault.ts";
import { Failure } from "../../../lib/errors.ts";

/** Reads a form as the operations of portals do. */
const read = (body: string) =>
  fault.readInput({
    headers: { "content-type": "application/x-www-form-urlencoded" },
    rawQueryString: "",
    body,
    isBase64Encoded: false,
    requestContext: { http: { method: "POST" } },
  } as unknown as APIGatewayProxyEventV2);

describe("a form", () => {
  it("has at most a thousand fields", () => {
    const fields = (count: number) => Array.from({ length: count }, (_, place) => `f${place}=1`).join("&");
    expect(Object.keys(read(fields(1000)))).toHaveLength(1000);
    expect(() => read(fields(1001))).toThrow(Failure);
  });
  it("nests ten levels; what is named below is the name of one field", () => {
    const depthOf = (value: unknown): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(...Object.values(value).map(depthOf)) : 0;
    const nested = (levels: number) => read(`a${"[b]".repeat(levels)}=1`);
    expect([10, 11, 50].map((levels) => depthOf(nested(levels)))).toEqual([11, 12, 12]);
  });
});
