import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that something belongs to: a file that it writes, a folder that it works in. */
export type Owner = {
  /** 8 hexadecimal digits for the machine, and on Linux the container: process ids mean something only within. */
  readonly host: string;
  readonly pid: number;
  /** When the process started, in its system's own unit, since process ids are used again; 0 where it is not known. */
  readonly start: number;
};

/** Whether a process still runs, as far as this one can tell: of another machine's it cannot. */
export const isRunning = ({ host, pid, start }: Owner): boolean => {
  if (pid === nobody.pid) return false;
  if (host !== HOST || (pid === thisProcess.pid && start === thisProcess.start)) return true;
  try {
    process.kill(pid, 0); // asks, and sends nothing
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const startNow = startOf(pid);
  return start === 0 || startNow === 0 || start === startNow;
};

/** Field 22 of `/proc/<pid>/stat`, counted behind the name, which may hold anything. */
const startOf = (pid: number): number => {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? '';
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 0) || 0;
};

const attempt = (read: () => string): string | undefined => {
  try {
    return read();
  } catch {
    return undefined; // not Linux, or a process that is gone
  }
};

const HOST = createHash('sha256')
  .update(JSON.stringify([hostname(), attempt(() => readlinkSync('/proc/self/ns/pid')) ?? null]))
  .digest('hex')
  .slice(0, 8);

/** This process. */
export const thisProcess: Owner = { host: HOST, pid: process.pid, start: startOf(process.pid) };

/** The owner of what was closed in good order. */
export const nobody: Owner = { host: HOST, pid: 0, start: 0 };
