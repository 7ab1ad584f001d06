import { describe } from "vitest";
import { describeList } from "./list-suite.ts";

describe("OrganizationList", () => describeList(() => "/therapist/organizations/", { name: "Listed" }));
