import { useEffect, useState } from 'preact/hooks';

/** Whether the server answers. A stranger is one that was started anew and does not know this page. */
export type Connection = {
  readonly state: 'there' | 'gone' | 'stranger' /** Grows when it comes back. */;
  readonly times: number;
};

const WATCH_MS = 3000;
const RETRY_MS = 700;

let connection: Connection = { state: 'there', times: 0 };
const listeners = new Set<(now: Connection) => void>();

/** Looks whether the server answers, and tells all who show it. */
export const checkConnection = async (): Promise<Connection> => {
  const state = await probe();
  if (state === connection.state) return connection;
  connection = { state, times: connection.times + (state === 'there' ? 1 : 0) };
  for (const listener of listeners) listener(connection);
  return connection;
};

const probe = async (): Promise<Connection['state']> => {
  try {
    const { status } = await fetch('api/about', { method: 'HEAD', cache: 'no-store' });
    return status === 401 || status === 403 ? 'stranger' : 'there';
  } catch {
    return 'gone';
  }
};

export const useConnection = (): Connection => {
  const [now, setNow] = useState(connection);
  useEffect(() => {
    listeners.add(setNow);
    setNow(connection);
    return () => void listeners.delete(setNow);
  }, []);
  return now;
};

/** Keeps looking while the page is open, more often while the server is gone. Ends with what it returns. */
export const watchConnection = (): (() => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const look = async (): Promise<void> => {
    if (document.visibilityState === 'visible') await checkConnection();
    if (!isOver) timer = setTimeout(look, connection.state === 'there' ? WATCH_MS : RETRY_MS);
  };
  timer = setTimeout(look, WATCH_MS);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
