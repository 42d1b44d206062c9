// Codes of errors in descriptions, as in "@throws ArgumentError `bad-strength`", lead to their entries on the page of
// troubleshooting. Every description lies in a folder beside the guides'.
import { readFileSync } from 'node:fs';
import { Converter } from 'typedoc';

const PAGE = new URL('../troubleshooting.md', import.meta.url);

/** @param {import('typedoc').Application} app */
export const load = (app) => {
  const codes = new Set([...readFileSync(PAGE, 'utf8').matchAll(/^### ([a-z0-9-]+)$/gm)].map(([, code]) => code));
  const linked = (part) => {
    const code = part.kind === 'code' ? part.text.slice(1, -1) : '';
    if (!codes.has(code)) return part;
    return { kind: 'inline-tag', tag: '@linkcode', target: `../guides/troubleshooting.html#${code}`, text: code };
  };
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const { comment } of Object.values(project.reflections)) {
      for (const tag of comment?.blockTags ?? []) if (tag.tag === '@throws') tag.content = tag.content.map(linked);
    }
  });
};
