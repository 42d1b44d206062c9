import { useEffect, useRef, useState } from 'preact/hooks';

/**
 * A value that changes at once if it was still for a while, and after that no more often than once in a while: what follows
 * from it need not be begun for each move of a slider.
 */
export const useSettled = <T>(value: T, ms: number): T => {
  const [settled, setSettled] = useState(value);
  const last = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const wait = last.current + ms - performance.now();
    const settle = (): void => {
      last.current = performance.now();
      setSettled(value);
    };
    if (wait <= 0) return settle();
    const timer = setTimeout(settle, wait);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
};
