const READER_GONE = 141; // 128 + SIGPIPE, as shells count

/**
 * Ends the process without a word when nobody reads its results any more, as `| head` does it, and with one line when
 * they cannot be written. What goes to `stderr` and is not read is no reason to end.
 */
export const endWithReader = ({ stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'>): void => {
  stderr.on('error', () => undefined);
  stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') process.exit(READER_GONE);
    stderr.write(`error bad-output: cannot write the results: ${code ?? message}; let them go somewhere else\n`);
    process.exit(2);
  });
};
