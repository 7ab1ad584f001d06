import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { functionFiles } from "../cdk/app.ts";
import { bundleFunctions } from "../cdk/bundle.ts";
import { root } from "./lockfiles.ts";

/** The packages in the bundles of functions, each with its version, such as `zod@4.6.7`. */
export async function bundledPackages(): Promise<ReadonlySet<string>> {
  const bundles = await bundleFunctions(functionFiles);
  try {
    const folders = new Set(Object.keys(functionFiles).flatMap((name) => packageFolders(bundles.directoryOf(name))));
    // Those beside a bundle are gone afterwards.
    return new Set([...folders].map(keyIn));
  } finally {
    bundles.remove();
  }
}

/** The folders of the packages in a bundle: where its source maps lead to, and what lies beside it with binaries. */
function packageFolders(directory: string): readonly string[] {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const ofMaps = files
    .filter((file) => file.endsWith(".map") && !file.includes("node_modules"))
    .flatMap((file) => (JSON.parse(readFileSync(join(directory, file), "utf8")) as { sources: string[] }).sources)
    .flatMap((source) => /^.*?(node_modules\/.*)$/.exec(source)?.[1] ?? [])
    .map((source) => /^(?:node_modules\/(?:@[^/]+\/)?[^/]+\/)+/.exec(source)?.[0] ?? source);
  const beside = files
    .filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
    .map((file) => join(directory, file, ".."));
  return [...ofMaps, ...beside];
}

/** The name and version of the package in a folder. */
function keyIn(folder: string): string {
  const file = join(isAbsolute(folder) ? folder : join(root, folder), "package.json");
  if (!existsSync(file)) return folder;
  const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
  return `${name}@${version}`;
}
