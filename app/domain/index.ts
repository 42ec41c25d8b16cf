// The domain: words, shapes, errors and units that every room shares. No input, no output.
export * from "./analysis.ts";
export * from "./audio.ts";
export * from "./call-view.ts";
export * from "./context-view.ts";
export * from "./consent.ts";
export * from "./errors.ts";
export * from "./glossary.ts";
export * from "./ids.ts";
export * from "./identity.ts";
export * from "./inbound-message.ts";
export * from "./job.ts";
export * from "./metrics.ts";
export * from "./notification.ts";
export * from "./reference.ts";
export * from "./turn.ts";
export * from "./units.ts";
export * from "./wav.ts";
