// Reads texts with Node's own readers: a line of base64 in, a line of what was understood out.
import { readFileSync } from "node:fs";

const base64 = (text) => {
  if (!text.isWellFormed()) throw new Error("half of a surrogate pair");
  return `s${Buffer.from(text).toString("base64")};`;
};

const shown = (value) => {
  if (value === null) return "n";
  if (value === true) return "t";
  if (value === false) return "f";
  if (typeof value === "number") return `d${Number.isInteger(value) ? BigInt(value) : value};`;
  if (typeof value === "string") return base64(value);
  if (Array.isArray(value)) return `[${value.map(shown).join("")}]`;
  return `{${Object.keys(value).map((name) => base64(name) + shown(value[name])).join("")}}`;
};

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const target = (text) => {
  const url = new URL(`https://host${text}`);
  if (url.host !== "host" || url.hash) throw new Error("not a path of this host");
  return [url.pathname.split("/").map(decodeURIComponent), [...url.searchParams]];
};

const read = { json: JSON.parse, target }[process.argv[2]];
const lines = readFileSync(0, "latin1").split("\n").slice(0, -1);
const answers = lines.map((line) => {
  try {
    return shown(read(utf8.decode(Buffer.from(line, "base64"))));
  } catch {
    return "-";
  }
});
process.stdout.write(answers.join("\n") + "\n");
