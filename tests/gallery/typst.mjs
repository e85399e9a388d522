// Typst's compiler: node typst.mjs LETTER.typ LETTER.pdf FONTS…, run where its package is installed.
import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { createRequire } from "node:module";

const { NodeCompiler } = createRequire(process.cwd() + "/")("@myriaddreamin/typst-ts-node-compiler");
const [source, target, ...fontPaths] = process.argv.slice(2);
const compiler = NodeCompiler.create({ workspace: dirname(source), fontArgs: [{ fontPaths }] });
try {
    writeFileSync(target, compiler.pdf({ mainFilePath: source }));
} catch (error) {
    console.error(error.message ?? error);
    process.exitCode = 1;
}
