// A reason to stop that a person can mend.

/** Its message is one sentence: what is wrong, with which thing, what to do. `exitCode` 2 means wrong use. */
export class SetupProblem extends Error {
  /** @param {string} message @param {number} [exitCode] */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
