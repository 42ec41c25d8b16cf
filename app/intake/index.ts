// What arrives: notifications of telephone systems, recordings behind an address, recordings in a folder.
export { verifyRequest, type Verified, type VerifyInput } from "./authenticate.ts";
export { mailEvents, unreadableMail, withFiles, type ChannelDelivery, type ChannelFile, type MailContext } from "./channels/mail.ts";
export { parseHead, parseMail } from "./channels/mail-parse.ts";
export { parsePostmark } from "./channels/postmark.ts";
export { examineMailbox, Mailbox, type FetchedMail, type MailboxStatus } from "./channels/mailbox.ts";
export { downloadRecording, type Download, type DownloadRequest } from "./download.ts";
export { factsOfGeneric, mergeFacts } from "./facts.ts";
export type { SettledNote } from "./inspect-recording.ts";
export { parseStamp, toUtcMs, type WallTime, type Zone } from "./local-time.ts";
export { loadNameTemplates, parseFileName, parseRecordingName, readNameTemplates, type NameFacts, type NameTemplate, type NameTemplates } from "./name-templates.ts";
export { resolveRecordingPath } from "./recording-path.ts";
export { isAudioName } from "./sniff.ts";
export { parseNotification, type SourceContext, type SourceRequest } from "./sources/index.ts";
export { WatchFolder, type SettledFile, type WaitReason, type WatchFolderOptions, type WatchFolderStatus } from "./watch-folder.ts";
export { createWebhookDoor, type RawWebhook, type WebhookDoor } from "./webhook-door.ts";
