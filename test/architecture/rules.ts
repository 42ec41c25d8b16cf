// The rules of the house as pure functions: a described tree in, a list of sentences out. An empty list is a tidy house.
import type { Import, SourceFile } from "./source-tree.ts";

const SIBLINGS = ["intake", "documents", "jobs", "media", "speech", "privacy", "analysis", "threads", "store", "delivery", "ui"] as const;
const GROUND = ["domain", "platform"] as const;

/** room → the rooms it may import. What is not listed may not be there. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  platform: ["domain"],
  ...Object.fromEntries(SIBLINGS.map((room) => [room, GROUND])),
  pipeline: [...GROUND, ...SIBLINGS],
  http: [...GROUND, ...SIBLINGS, "pipeline"],
  cli: [...GROUND, ...SIBLINGS, "pipeline", "http"],
  main: [...GROUND, ...SIBLINGS, "pipeline", "http", "cli"],
};

interface Fence {
  /** package or built-in module; with a `/…` behind it counts too */
  modules: readonly string[];
  /** paths or beginnings of paths that may import it; `undefined`: any one file, but only one */
  allowed: readonly string[] | undefined;
  reason: string;
}

const ONE_FILE = "so that replacing it later means changing one file";
const FENCES: readonly Fence[] = [
  { modules: ["express", "express-rate-limit", "helmet"], allowed: ["app/http/"], reason: "everything else must work without a web server" },
  { modules: ["better-sqlite3"], allowed: ["app/platform/sqlite.ts", "app/jobs/", "app/store/"], reason: "the store alone owns the schema, and platform/sqlite.ts alone opens files, with synchronous=FULL" },
  { modules: ["node:child_process", "child_process", "node:worker_threads", "node:cluster"], allowed: ["app/platform/subprocess.ts"], reason: "programs are started in one place: without a shell, with a time limit and a process group" },
  { modules: ["node-llama-cpp"], allowed: ["app/analysis/models/llama/llama-process.ts"], reason: "llama.cpp aborts its whole process when something is wrong inside, so it runs in one that can be lost" },
  { modules: ["@xenova/transformers", "onnxruntime-node"], allowed: ["app/analysis/models/transformers/model-process.ts"], reason: "it runs in a process of its own, with one thread pool, and is never loaded beside the web server" },
  { modules: ["chokidar"], allowed: undefined, reason: ONE_FILE },
  { modules: ["fluent-ffmpeg"], allowed: undefined, reason: ONE_FILE },
  { modules: ["imapflow"], allowed: ["app/intake/channels/imap-connection.ts"], reason: "the connection goes to an address that was checked, and what it logs is content" },
  { modules: ["mailparser"], allowed: undefined, reason: ONE_FILE },
  { modules: ["html-to-text"], allowed: ["app/documents/readers/html.ts", "app/intake/channels/html-text.ts"], reason: "documents are read in a process of their own, which must not load the intake" },
  { modules: ["nodejs-whisper", "shelljs"], allowed: [], reason: "it carries the source of whisper.cpp and nothing else: its own calls go through a shell and destroy stereo" },
  {
    modules: ["undici", "node:http", "node:https", "node:http2", "node:net", "node:tls", "node:dgram", "node:dns"],
    allowed: [
      "app/platform/net.ts",
      "app/platform/net-connection.ts", // its inner half: the pinned connection
      "app/http/server.ts", // listens
      "app/speech/server-process.ts", // asks the system for a free port
      "app/speech/engine-client.ts", // talks to its own child process on loopback, at an address that nobody else writes
      "app/cli/demo", // sample PBX and CRM, on loopback
    ],
    reason: "what leaves this machine leaves through platform/net.ts, which checks every address and pins the connection to it",
  },
];

/** Every rule at once. @param dependencies names in `dependencies` of package.json: what an installed copy has */
export function brokenRules(files: readonly SourceFile[], dependencies: readonly string[]): string[] {
  return [...roomRules(files), ...fenceRules(files), ...useRules(files), ...packageRules(files, dependencies), ...cycleRules(files)];
}

/** The import graph of the rooms, and their doors. */
export function roomRules(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    const may = ROOMS[room];
    const broken: string[] = [];
    if (may === undefined) return [`${file.path}: app/${room} is no room of the house; ARCHITECTURE.md names them (a folder for odds and ends hides what belongs together)`];
    if (/(^|\/)(utils?|helpers|common|misc)(\/|\.ts$)/.test(file.path)) broken.push(`${file.path}: is a place for odds and ends; put each function beside what it is for`);
    for (const found of file.imports.filter((one) => one.isFile)) {
      const where = `${file.path}:${found.line}`;
      const other = roomOf(found.target);
      if (!found.target.startsWith("app/")) broken.push(`${where} imports ${found.target}: the program must run without its tests and scripts`);
      else if (!paths.has(found.target)) broken.push(`${where} imports ${found.target}, which does not exist (imports name the file with its .ts)`);
      else if (other !== room && !may.includes(other)) broken.push(`${where}: ${room} imports ${other}; ${whyNot(room, other)}`);
      else if (other !== room && found.target !== `app/${other}/index.ts`) broken.push(`${where}: ${room} enters ${other} through ${found.target}; a room is entered through its index.ts, so that the rest of it may change freely`);
    }
    return broken;
  });
}

/** Packages and built-in modules that only some files may import. Types are free: they are erased and start nothing. */
export function fenceRules(files: readonly SourceFile[]): string[] {
  return FENCES.flatMap((fence) => {
    const isMeant = (found: Import): boolean => !found.isFile && !found.isType && fence.modules.some((name) => found.target === name || found.target.startsWith(`${name}/`));
    const importers = files.flatMap((file) => file.imports.filter(isMeant).map((found) => ({ file, found })));
    const { allowed } = fence;
    if (allowed === undefined) {
      const distinct = [...new Set(importers.map(({ file }) => file.path))];
      return distinct.length > 1 ? [`${distinct.join(" and ")} import ${fence.modules[0]}: only one file may, ${fence.reason}`] : [];
    }
    return importers
      .filter(({ file }) => !allowed.some((place) => file.path.startsWith(place)))
      .map(({ file, found }) => `${file.path}:${found.line} imports ${found.target}, allowed ${allowed.length === 0 ? "nowhere" : `only in ${allowed.join(", ")}`}: ${fence.reason}`);
  });
}

/** Things that only one file does. */
export function useRules(files: readonly SourceFile[]): string[] {
  const places = {
    "process.env": { place: "app/platform/environment.ts", reason: "settings have one way in, where mistakes are reported; programs that we start get no secrets" },
    "process.exit": { place: "app/main.ts", reason: "everything else throws or returns, so that work is drained and tests can call it" },
    "fetch()": { place: "nowhere", reason: "what leaves this machine leaves through platform/net.ts" },
  };
  return files.flatMap((file) =>
    file.uses.filter((use) => places[use.what].place !== file.path).map((use) => `${file.path}:${use.line} uses ${use.what}, allowed only in ${places[use.what].place}: ${places[use.what].reason}`),
  );
}

/** An installed copy has no development packages. */
export function packageRules(files: readonly SourceFile[], dependencies: readonly string[]): string[] {
  const nameOf = (target: string): string => target.split("/").slice(0, target.startsWith("@") ? 2 : 1).join("/");
  return files.flatMap((file) =>
    file.imports
      .filter((found) => !found.isFile && !found.isType && !found.target.startsWith("node:") && !dependencies.includes(nameOf(found.target)))
      .map((found) => `${file.path}:${found.line} imports ${found.target}, which is not in dependencies of package.json: an installed copy would not start`),
  );
}

/** Files that import each other in a ring cannot be read in any order. Types count: they too must be read first. */
export function cycleRules(files: readonly SourceFile[]): string[] {
  const edges = new Map(files.map((file) => [file.path, file.imports.filter((found) => found.isFile).map((found) => found.target)]));
  const state = new Map<string, "open" | "done">();
  const rings: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      rings.push(`${[...trail.slice(trail.indexOf(path)), path].join(" → ")}: these files need each other; move what both need into a third`);
      return;
    }
    state.set(path, "open");
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    state.set(path, "done");
  };
  for (const path of edges.keys()) visit(path, []);
  return rings;
}

/** @returns files that are longer than a person reads in one go, as `path: n lines` */
export function longFiles(files: readonly SourceFile[], limit: number): string[] {
  return files.filter((file) => file.lines > limit).map((file) => `${file.path}: ${file.lines} lines`);
}

function roomOf(path: string): string {
  const parts = path.split("/");
  return parts.length === 2 ? (parts[1] ?? "").replace(/\.ts$/, "") : (parts[1] ?? "");
}

function whyNot(room: string, other: string): string {
  const isSibling = (name: string): boolean => (SIBLINGS as readonly string[]).includes(name);
  if (isSibling(room) && isSibling(other)) return "stages do not know each other; only pipeline/ knows the order, so give it plain data through there";
  if (room === "domain" || room === "platform") return "the ground carries the house and knows nothing of it";
  return "the arrows of ARCHITECTURE.md go the other way";
}
