/** Answers in the order of what was asked, of which some are under way at a time. */
export async function* inOrder<A, R>(
  asked: Iterable<A>,
  answer: (one: A) => Promise<R>,
  atOnce = AT_ONCE,
): AsyncGenerator<R> {
  const under: Promise<R>[] = [];
  try {
    for (const one of asked) {
      under.push(answer(one));
      if (under.length >= atOnce) yield await (under.shift() as Promise<R>);
    }
    while (under.length > 0) yield await (under.shift() as Promise<R>);
  } finally {
    await Promise.allSettled(under); // none is left alone when one fails
  }
}

const AT_ONCE = 16;
