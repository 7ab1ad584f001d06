/** What argon2 costs. */
export interface Argon2Cost {
  /** In KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly lanes: number;
}

/** The names of the variants in the package. */
const algorithms = { argon2i: 1, argon2id: 2 } as const;

/** Computes argon2. The package is loaded with the first password, because many calls need none. */
export async function deriveArgon2(
  kind: keyof typeof algorithms,
  password: string,
  salt: Buffer,
  { memory, passes, lanes }: Argon2Cost,
  outputLen: number,
): Promise<Buffer> {
  const { hashRaw } = await import("@node-rs/argon2");
  const algorithm = algorithms[kind];
  return hashRaw(password, { algorithm, salt, outputLen, memoryCost: memory, timeCost: passes, parallelism: lanes });
}
