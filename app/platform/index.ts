// The ground: everything that touches the machine, each in one file.
export * from "./clock.ts";
export * from "./config.ts";
export * from "./config-schema.ts";
export * from "./environment.ts";
export * from "./files.ts";
export * from "./log.ts";
export * from "./model-transfer.ts";
export * from "./models.ts";
export * from "./net.ts";
export * from "./paths.ts";
export * from "./sqlite.ts";
export * from "./subprocess.ts";
export * from "./systemd.ts";
