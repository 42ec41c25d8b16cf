// Exhaustiveness for switches over unions.

/** Reached only when a union grew and a switch did not. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
