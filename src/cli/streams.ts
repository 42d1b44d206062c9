/** Where a command writes: results to `stdout`, everything else to `stderr`. */
export type Streams = { readonly stdout: NodeJS.WritableStream; readonly stderr: TerminalStream };

export type TerminalStream = NodeJS.WritableStream & { readonly isTTY?: boolean };
