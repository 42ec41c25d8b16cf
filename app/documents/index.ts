// The documents room: a file that came with a message becomes pages of text. Nothing of it is parsed in this process.
export type { DocumentKind, DocumentLimits, DocumentReading, Page, Picture, Truncation } from "./document.ts";
export { findDrawer } from "./find-drawer.ts";
export { languageFolder } from "./languages.ts";
export { readDocument, type ReadOptions } from "./read-document.ts";
