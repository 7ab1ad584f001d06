import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { directoryHints, portalHints } from "../../client/src/hints.ts";
import { envelopeErrors, portalFaults, problems } from "../../lib/errors.ts";
import { errorGroups } from "../../openapi/error-entries.ts";
import { errorPages } from "../../openapi/write.ts";
import { send } from "../kit/system.ts";

const entries = errorGroups.flatMap((group) => group.entries);
const anchors = entries.map(({ anchor }) => anchor);
const clientCodes = ["network", "unexpected"];
const practiceCodes = Object.keys(envelopeErrors);
const therapistCodes = [...new Set(Object.values(problems).map(({ status }) => `therapists-${status}`))];
const accountCodes = Object.keys(portalFaults);

/** Codes that no example shows: what they look like is the same as for others. */
const withoutExample = ["kInvalidPhoneNumberFormat", "kInvalidDateOfBirth", ...clientCodes];

describe("the errors that are explained", () => {
  it("are those of the three contracts and of the client: each has one entry, and no entry is without a code", () => {
    expect(anchors.toSorted()).toEqual([...practiceCodes, ...therapistCodes, ...accountCodes, ...clientCodes].sort());
  });

  it("say why they happen and, in one sentence, what to do", () => {
    for (const { anchor, title, cause, remedy } of entries) {
      expect([anchor, title]).toEqual([anchor, expect.stringMatching(/./)]);
      expect([anchor, cause]).toEqual([anchor, expect.stringMatching(/^\S.+\.$/)]);
      expect([anchor, remedy]).toEqual([anchor, expect.stringMatching(/^[A-Z][^\n]{10,140}\.$/)]);
      expect([anchor, remedy.match(/[.!?] [A-Z]/g)]).toEqual([anchor, null]);
    }
  });

  it("show an answer that states the code", () => {
    for (const { anchor, code, example } of entries) {
      const { status, body = {} } = example?.answer ?? {};
      const { responseCode, code: own, data, faults = [] } = body as Record<string, unknown>;
      const inner = [data, ...(faults as unknown[])].map((each) => (each as { code?: string } | undefined)?.code);
      const stated = [responseCode, own, ...inner, status].map(String);
      expect([anchor, stated.includes(code)]).toEqual([anchor, !withoutExample.includes(anchor)]);
    }
  });

  it.each([
    ["therapists-405", "DELETE /therapist/organizations/"],
    ["kUnsupportedOperation", "DELETE /riverside/v2/accounts"],
  ])("show the real answer where no operation answers: %s", async (wanted, request) => {
    const { example } = entries.find(({ anchor }) => anchor === wanted) ?? {};
    expect(example?.request).toBe(request);
    const [method = "", target = ""] = request.split(" ");
    const { status, json } = await send(method, target);
    const { instance: _, ...shown } = example?.answer.body ?? {};
    expect(json).toMatchObject(shown);
    expect(status).toBe(example?.answer.status);
  });

  it("are the hints of the client: those of portals apart, so that their pages load no others", () => {
    const both = clientCodes;
    expect(Object.keys(directoryHints).sort()).toEqual([...practiceCodes, ...therapistCodes, ...both].sort());
    expect(Object.keys(portalHints).sort()).toEqual([...accountCodes, ...both].sort());
    for (const { anchor, remedy } of entries) expect(directoryHints[anchor] ?? portalHints[anchor]).toBe(remedy);
  });
});

describe.each(Object.entries(errorPages))("%s", (file, write) => {
  const page = readFileSync(file, "utf8");
  it("is as npm run openapi writes it", () => {
    expect(write() === page, "run npm run openapi").toBe(true);
  });
});

describe.each(["docs/errors.md", "web/docs/errors.html"])("%s", (file) => {
  it("has one anchor for each code", () => {
    const ids = [...readFileSync(file, "utf8").matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const groups = errorGroups.map(({ anchor }) => anchor);
    expect(ids.filter((id) => !groups.includes(`${id}`))).toEqual(anchors);
  });
});
