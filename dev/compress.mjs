// Compressed twins beside the built files: app.js.br and app.js.gz, where they are smaller.
//   node dev/compress.mjs FOLDER
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const TEXT = /\.(js|mjs|css|svg|json|txt|map|webmanifest|ico)$/;
const WORTH_BYTES = 1024;
const folder = process.argv[2];

for (const name of readdirSync(folder, { recursive: true })) {
  if (!TEXT.test(name)) continue;
  const path = join(folder, name);
  const body = readFileSync(path);
  if (body.length < WORTH_BYTES) continue;
  const brotli = brotliCompressSync(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  });
  for (const [ending, coded] of [[".br", brotli], [".gz", gzipSync(body, { level: 9 })]]) {
    if (coded.length < body.length) writeFileSync(path + ending, coded);
  }
}
