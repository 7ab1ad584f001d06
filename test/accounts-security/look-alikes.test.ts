import { beforeAll, describe, expect, it } from "vitest";
import { sentMessages } from "../kit/outside.ts";
import { expectSuccess, newPerson, openPortal, password, type TestPortal } from "../kit/portal.ts";
import { allItems } from "../kit/system.ts";
import { another, outcomeOf } from "./attack.ts";

let portal: TestPortal;
beforeAll(async () => {
  portal = await openPortal();
});
const register = (email: unknown) => portal.visitor().post("accounts/register", newPerson({ email }));
const login = (email: unknown, word: unknown = password) =>
  portal.visitor().post("accounts/login", { email, password: word });

describe("an e-mail address", () => {
  const plain = "skip.kelvin-1@example.org";
  const same = [
    ["capitals", "SKIP.Kelvin-1@EXAMPLE.org"],
    ["blanks around it", " \t\u00a0\u3000\ufeffskip.kelvin-1@example.org\r\n"],
    ["a Kelvin sign", "s\u212aip.\u212aelvin-1@example.org"],
    ["a fullwidth @", "skip.kelvin-1\uff20example.org"],
    ["a small @", "skip.kelvin-1\ufe6bexample.org"],
    ["fullwidth letters and dots", "ｓｋｉｐ．ｋｅｌｖｉｎ－１＠ｅｘａｍｐｌｅ．ｏｒｇ"],
    ["a one dot leader", "skip\u2024kelvin-1@example.org"],
    ["mathematical letters", "𝓈𝓀𝒾𝓅.𝐤𝐞𝐥𝐯𝐢𝐧-𝟏@𝖊𝖝𝖆𝖒𝖕𝖑𝖊.𝗼𝗿𝗴"],
    ["circled letters and digits", "ⓢⓚⓘⓟ.ⓚⓔⓛⓥⓘⓝ-①@ⓔⓧⓐⓜⓟⓛⓔ.ⓞⓡⓖ"],
    ["a long s", "\u017fkip.kelvin-1@example.org"],
    ["a modifier letter", "skip.kel\u1d5bin-1@example.org"],
    ["a superscript one", "skip.kelvin-\u00b9@example.org"],
    ["a script capital E, two-letter signs", "skip.kelvin-1@\u2130xample.org"],
    ["a zero-width space", "skip.\u200bkelvin-1@example.org"],
    ["a zero-width joiner", "skip.\u200dkelvin-1@example.org"],
    ["a zero-width no-break space within", "skip.\ufeffkelvin-1@example.org"],
    ["a soft hyphen", "skip.kel\u00advin-1@example.org"],
    ["a word joiner at the end", "skip.kelvin-1@example.org\u2060"],
    ["a combining grapheme joiner", "skip.kelvin\u034f-1@example.org"],
    ["a variation selector", "skip.kelvin-1@example.org\ufe0f"],
    ["a direction mark", "\u200eskip.kelvin-1@example.org"],
    ["an ideographic full stop", "skip.kelvin-1@example\u3002org"],
  ] as const;
  const others = [
    ["a Turkish dotless i", "sk\u0131p.kelvin-1@example.org"],
    ["a Turkish dotted I", "SK\u0130P.kelvin-1@example.org"],
    ["a combining dot", "ski\u0307p.kelvin-1@example.org"],
    ["a Cyrillic e", "skip.k\u0435lvin-1@example.org"],
    ["a sharp s", "\u00dfkip.kelvin-1@example.org"],
    ["a composed é", "skip.k\u00e9lvin-1@example.org"],
    ["a decomposed é", "skip.ke\u0301lvin-1@example.org"],
    ["a minus sign", "skip.kelvin\u22121@example.org"],
    ["a non-breaking hyphen", "skip.kelvin\u20111@example.org"],
    ["a null", "skip.kelvin-1@example.org\u0000"],
    ["half of a surrogate pair", "skip.kelvin-1@example.org\ud83d"],
    ["a line break and a header", "skip.kelvin-1@example.org\r\nBcc: x@example.org"],
    ["a second address", "skip.kelvin-1@example.org,x@example.org"],
    ["a display name", "Skip <skip.kelvin-1@example.org>"],
    ["a comment", "skip.kelvin-1(x)@example.org"],
    ["quotes", '"skip.kelvin-1"@example.org'],
    ["two @", "skip.kelvin-1@evil@example.org"],
    ["a trailing dot", "skip.kelvin-1@example.org."],
    ["two dots", "skip..kelvin-1@example.org"],
    ["an IP address as the domain", "skip.kelvin-1@[192.0.2.1]"],
    ["a percent-encoded @", "skip.kelvin-1%40example.org"],
    ["a long expansion", "\ufdfa@example.org"],
    ["254 long expansions", "\ufdfa".repeat(254)],
    ["500 long expansions", "\ufdfa".repeat(500)],
    ["expansions into letters, more than 254 in all", `${"\u3392".repeat(100)}@example.org`],
    ["many characters", `${"x".repeat(250_000)}@example.org`],
    ["a local part of 65 characters", `${"x".repeat(65)}@example.org`],
    ["an array", ["skip.kelvin-1@example.org"]],
    ["an object", { 0: "skip.kelvin-1@example.org", length: 1 }],
  ] as const;
  beforeAll(async () => {
    await expectSuccess(register(plain));
  });

  it.each(same)("with %s is the same account everywhere: register, login, reset, filter", async (_, spelled) => {
    expect(outcomeOf(await register(spelled))).toBe("kExists");
    expect((await expectSuccess(login(spelled))).email).toBe(plain);
    const filter = encodeURIComponent(JSON.stringify({ email: spelled }));
    const { data } = await expectSuccess(portal.administrator.get(`accounts?where=${filter}`));
    expect(data.map(({ email }: { email: string }) => email)).toEqual([plain]);
  });
  it.each(others)("with %s is invalid: refused by register, unknown to login and reset", async (_, spelled) => {
    const answer = await register(spelled);
    expect(outcomeOf(answer)).toBe("kValidationError");
    expect(answer.json.faults).toEqual([
      expect.objectContaining({ code: "kInvalidEmailFormat", path: "account.email" }),
    ]);
    const refusal =
      typeof spelled === "string" ? ["kInvalidCredentials", "kAccountLocked"] : ["kNoCredentialsSupplied"];
    expect(refusal).toContain(outcomeOf(await login(spelled)));
    const before = (await sentMessages()).length;
    await expectSuccess(portal.visitor().post("accounts/request-password-reset", { email: spelled }));
    expect(await sentMessages()).toHaveLength(before);
  });
  it("is stored once, and mail is sent only to the plain form", async () => {
    await portal.visitor().post("accounts/request-password-reset", { email: same[2][1] });
    const accounts = (await allItems()).filter(({ type }) => type === "portalAccount");
    expect(accounts.map(({ email }) => email)).toEqual([plain]);
    expect(new Set((await sentMessages()).map(({ to }) => to))).toEqual(new Set([plain]));
  });
  it.each([
    ["a Greek o in the domain", "skip.kelvin-1@example.\u03bfrg", "skip.kelvin-1@example.xn--rg-ibc"],
    ["an internationalised domain", "skip.kelvin-1@B\u00dcCHER.example", "skip.kelvin-1@xn--bcher-kva.example"],
    ["its A-label", "skip.kelvin-1@XN--BCHER-KVA.example", "skip.kelvin-1@xn--bcher-kva.example"],
    ["a reversed writing direction", "\u202egro.elpmaxe@1-nivlek.piks", "gro.elpmaxe@1-nivlek.piks"],
  ])("with %s is a different address", async (_, spelled, stored) => {
    const elsewhere = await openPortal();
    const client = elsewhere.visitor();
    expect((await client.post("accounts/register", newPerson({ email: spelled }))).json.email).toBe(stored);
    expect(outcomeOf(await client.post("accounts/register", newPerson({ email: stored })))).toBe("kExists");
    expect(outcomeOf(await elsewhere.visitor().post("accounts/login", { email: spelled, password }))).toBe("ok");
    expect(stored).not.toBe(plain);
  });
  it("that was registered first in a look-alike form also belongs to that account in its plain form", async () => {
    await expectSuccess(register("Ｋ.\u212a@example.org"));
    expect(outcomeOf(await register("k.k@example.org"))).toBe("kExists");
    expect((await expectSuccess(login("K.k@EXAMPLE.ORG"))).email).toBe("k.k@example.org");
  });
});

describe("a password", () => {
  const forms: readonly (readonly [string, string, string])[] = [
    ["composed and decomposed", "Ünïcödé trüffles 41 hüm", "Ünïcödé trüffles 41 hüm".normalize("NFD")],
    ["decomposed and composed", "déjà vu kettles 41 ñandú".normalize("NFD"), "déjà vu kettles 41 ñandú"],
    ["with ligatures and without", "oﬃce ﬂock of 41 kettles", "office flock of 41 kettles"],
    ["fullwidth and plain", "ｍａｕｖｅ otter juggles 41", "mauve otter juggles 41"],
    ["Hangul syllables and letters", "한국어 비밀번호 41 주전자", "한국어 비밀번호 41 주전자".normalize("NFD")],
    ["with a Kelvin sign and a K", "Mauve \u212aettle juggles 41", "Mauve Kettle juggles 41"],
  ];
  it.each(forms)("is the same in both forms: %s", async (_, one, other) => {
    expect(one).not.toBe(other);
    const { email } = await portal.register({ password: one });
    for (const form of [one, other]) expect(outcomeOf(await login(email, form))).toBe("ok");
    const holder = await portal.login({ email, password: other });
    const next = another(9);
    await expectSuccess(holder.post("accounts/me/update-password", { current: other, password: next }));
  });
  it.each([
    ["capitals", password.toUpperCase()],
    ["blanks around it", ` ${password} `],
    ["a part of it", password.slice(0, -1)],
    ["an additional character", `${password}x`],
    ["an additional null", `${password}\u0000`],
    ["a zero-width space", `${password}\u200b`],
    ["an array", [password]],
    ["an object", { toString: password }],
  ])("is not the same with %s", async (_, wrong) => {
    const { email } = await portal.register();
    expect(["kInvalidCredentials", "kNoCredentialsSupplied"]).toContain(outcomeOf(await login(email, wrong)));
    expect(outcomeOf(await login(email))).toBe("ok");
  });
  it("is checked in its normal form: neither a weak one in fullwidth letters nor a look-alike of the e-mail is accepted", async () => {
    for (const weak of ["ｐａｓｓｗｏｒｄ", "𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝", "ｔｗｉｎ@example.org"]) {
      const answer = await portal
        .visitor()
        .post("accounts/register", newPerson({ email: "twin@example.org", password: weak }));
      expect(answer.json.faults).toEqual([expect.objectContaining({ code: "kPasswordStrength" })]);
    }
  });
  it("that is not valid Unicode is refused, and matches no other password", async () => {
    const broken = "mauve otter juggles \ud83d kettles";
    const replaced = "mauve otter juggles \ufffd kettles";
    expect(outcomeOf(await portal.visitor().post("accounts/register", newPerson({ password: broken })))).toBe(
      "kValidationError",
    );
    const { email } = await portal.register({ password: replaced });
    expect(outcomeOf(await login(email, broken))).toBe("kInvalidCredentials");
  });
});
