// The first time that a page of the guides names something public in code, as in `boomerangAugment`, it leads to its
// description. In the repository the pages stay plain Markdown.
import { Converter } from 'typedoc';

/** @param {import('typedoc').Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    const described = new Map((project.children ?? []).map((reflection) => [reflection.name, reflection]));
    for (const page of project.documents ?? []) {
      const seen = new Set();
      page.content = page.content.map((part, n) => {
        const name = part.kind === 'code' ? /^`(\w+)(?:\([^`]*\))?`$/.exec(part.text)?.[1] : undefined;
        const isInLink = page.content[n - 1]?.text.endsWith('[');
        if (name === undefined || isInLink || seen.has(name) || !described.has(name)) return part;
        seen.add(name);
        return { kind: 'inline-tag', tag: '@linkcode', target: described.get(name), text: part.text.slice(1, -1) };
      });
    }
  });
};
