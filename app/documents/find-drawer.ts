// Is poppler installed? It draws pages of PDF that are neither text nor a picture that can be taken out.
import { runProgram } from "../platform/index.ts";

/** @returns the name of the program, or undefined where it is not installed: such pages are then reported as unread */
export async function findDrawer(): Promise<string | undefined> {
  const { notStarted, exitCode } = await runProgram("pdftoppm", ["-v"], { timeoutMs: 5_000 });
  return notStarted || exitCode === 127 ? undefined : "pdftoppm";
}
