/** Thrown by a command that has said what it found, and what it found is bad: the exit status is 1. */
export class CheckFailed extends Error {}
