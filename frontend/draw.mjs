// Draw each DOT text of a JSON object (name -> text) read from standard input as an SVG file in the folder named.
import { readFileSync, writeFileSync } from "node:fs";
import { instance } from "@viz-js/viz";

const folder = process.argv[2];
const viz = await instance();
for (const [name, text] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
  writeFileSync(`${folder}/${name}.svg`, viz.renderString(text, { format: "svg" }));
}
