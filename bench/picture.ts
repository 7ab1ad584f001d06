import { randomFillSync } from "node:crypto";
import sharp from "sharp";
import { decodePicture } from "../lib/accounts/image/picture.ts";
import { wholeCoreMiB, workerMemoryMiB } from "../tools/function-memory.ts";

/**
 * `npm run bench:picture`: how much CPU time and memory the worker needs to make the facets of a photograph of 12
 * megapixels. libvips uses one thread, as in the worker.
 */

const runs = 11;
const mib = 2 ** 20;
/** Lambda gives the worker this part of a core. */
const core = workerMemoryMiB.ProcessImage / wholeCoreMiB;

/** Smooth areas with fine grain: as large, encoded, as a photograph of this size. */
async function photograph(width: number, height: number): Promise<Buffer> {
  const [columns, rows] = [Math.ceil(width / 64), Math.ceil(height / 64)];
  const areas = randomFillSync(Buffer.alloc(columns * rows * 3));
  const smooth = await sharp(areas, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(width, height, { fit: "fill", kernel: "cubic" })
    .raw()
    .toBuffer();
  const grain = randomFillSync(Buffer.alloc(smooth.length));
  for (let place = 0; place < smooth.length; place++) {
    smooth[place] = Math.max(0, Math.min(255, (smooth[place] ?? 0) + ((grain[place] ?? 0) % 49) - 24));
  }
  return sharp(smooth, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

const file = await photograph(4032, 3024);
const cpuMs: number[] = [];
for (let run = 0; run < runs; run++) {
  const before = process.cpuUsage();
  await decodePicture(file);
  const { user, system } = process.cpuUsage(before);
  cpuMs.push((user + system) / 1000);
}
const median = cpuMs.sort((one, other) => one - other)[Math.floor(runs / 2)] ?? 0;
const figures = [
  `a photograph of 4032 × 3024 pixels, ${(file.length / mib).toFixed(1)} MiB`,
  `${median.toFixed(0)} ms CPU for both facets, the median of ${runs} runs`,
  `${(median / core).toFixed(0)} ms with ${workerMemoryMiB.ProcessImage} MiB, which buy ${core.toFixed(2)} of a core`,
  `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB resident at most, with the making of the photograph`,
];
console.log(figures.join("\n"));
