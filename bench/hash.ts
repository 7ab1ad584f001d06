import { argon2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { hashRaw } from "@node-rs/argon2";
import { scorePassword } from "../lib/accounts/sign-in/password-judge.ts";
import { hashPassword } from "../lib/crypto/password-hash.ts";
import { median } from "./system.ts";

/**
 * `npm run bench:hash`: argon2id of `node:crypto` and of `@node-rs/argon2` in turns, alone and four at once; and how many
 * hashes the worst passwords take to be scored. Times are of the CPU, so that other work on the machine matters less.
 */

const runs = 40;
const salt = randomBytes(16);
const derive = promisify(argon2);
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const byNode = () => derive("argon2id", { message: "Stethoscope1", nonce: salt, tagLength: 32, ...cost });
const byModule = () =>
  hashRaw("Stethoscope1", { algorithm: 2, salt, outputLen: 32, memoryCost: 19_456, timeCost: 2, parallelism: 1 });

async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

for (const atOnce of [1, 4]) {
  const [node, module]: [number[], number[]] = [[], []];
  for (let run = 0; run < runs; run++) {
    for (const [times, hash] of [
      [node, byNode],
      [module, byModule],
    ] as const) {
      times.push((await cpuMs(() => Promise.all(Array.from({ length: atOnce }, hash)))) / atOnce);
    }
  }
  const [one, other] = [median(node), median(module)];
  console.log(
    `${atOnce} at once: node:crypto ${one.toFixed(1)} ms, @node-rs/argon2 ${other.toFixed(1)} ms, ${(one / other).toFixed(2)} ×`,
  );
}

/** As many characters as are scored (lib/accounts/sign-in/password-rule.ts). */
const length = 24;
const any = (alphabet: string) =>
  Array.from({ length }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join("");
const kinds: Readonly<Record<string, () => string>> = {
  "one character": () => "a".repeat(length),
  "a repeated word": () => "password".repeat(3),
  "signs for letters": () => any("4@8({[<369&#!1/|0$5+7%2"),
  "signs and letters": () => any("4@8({[<369&#!1/|0$5+7%2asetoil"),
  digits: () => any("0123456789"),
  dates: () => "19911224".repeat(3),
  keys: () => "qwertyuiopasdfghjklzxcvbn".slice(0, length),
  "dictionary words": () => "lovemonkeydragonsunshinestar".slice(0, length),
  "mixed letter case": () => "PaSsWoRdDrAgOnMoNkEyLoVe".slice(0, length),
  "full-width, normalised": () => "ｐａｓｓｗｏｒｄ１２３４".normalize("NFKC").repeat(2),
  "personal words": () => "zebulonquackenbush".repeat(2).slice(0, length),
  random: () => any("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%"),
};
const personal = ["zebulon.quackenbush@example.org", "zebulon", "quackenbush", "+16505555555", "riverside clinic"];
for (let run = 0; run < runs; run++) scorePassword("warm up these words", personal);
const hashMs: number[] = [];
for (let run = 0; run < runs; run++) hashMs.push(await cpuMs(() => hashPassword("Stethoscope1")));
const hash = median(hashMs);
for (const [kind, make] of Object.entries(kinds)) {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const password = make();
    times.push(await cpuMs(() => scorePassword(password, personal)));
  }
  console.log(`scoring ${kind}: ${median(times).toFixed(1)} ms, ${(median(times) / hash).toFixed(2)} hashes`);
}
