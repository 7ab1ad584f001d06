import { describe, expect, it } from "vitest";
import { networkOf } from "../../../lib/table/entrance-limit.ts";

describe("the addresses that are counted together", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:0DB8:0001:0002:0000:0000:0000:0001", "2001:db8:1:2"],
    ["2001:db8:1:2::1", "2001:db8:1:2"],
    ["2001:db8:1::5:6:7:8", "2001:db8:1:0"],
    ["2001:db8::1", "2001:db8:0:0"],
    ["2001:db8::", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["", ""],
    [undefined, ""],
  ])("%s is one of %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
