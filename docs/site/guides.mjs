// Pages of the guides: a title from the first heading, a place in the navigation, and an address by the file's name.
import { basename } from 'node:path';
import { Converter, KindRouter, ReflectionKind } from 'typedoc';

/** The parts of the navigation and their pages, in order. What is not named stands at the end of the guides. */
export const PARTS = {
  Start: ['start', 'concepts'],
  Guides: [
    'strength',
    'augment',
    'repeat',
    'anonymise',
    'enhance',
    'photographs',
    'browser',
    'models',
    'speed',
    'many-machines',
    'migrate',
    'troubleshooting',
  ],
  'What is known': ['evidence', 'benchmarks'],
  'The project': ['CONTRIBUTING', 'SECURITY', 'CHANGELOG'],
};

const ORDER = Object.values(PARTS).flat();
const place = (name) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.indexOf('troubleshooting'));
const partOf = (name) => Object.keys(PARTS).find((part) => PARTS[part].includes(name)) ?? 'Guides';

/** The file's name, without its ending; benchmarks/README.md is called after its folder. */
const nameOf = (path) => basename(path.replace(/\/README\.md$/, '.md'), '.md');

/** Programs that pages link to: servers take .ts for films, and browsers would save them instead of showing them. */
const asText = (files) => {
  const nameBefore = files.getName.bind(files);
  files.getName = (id) => {
    const name = nameBefore(id);
    if (name?.endsWith('.ts')) files.names.set(id, `${name}.txt`);
    return files.names.get(id);
  };
};

/** @param {import('typedoc').Application} app */
export const load = (app) => {
  const names = new Map();

  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, page) => {
    const heading = /^# (.+)\n/.exec(page.content[0]?.text ?? '');
    if (heading === null) app.logger.error(`the page ${page.name} does not begin with a heading, "# …"`);
    const name = nameOf(page.project.files.getReflectionPath(page));
    names.set(page, name);
    page.frontmatter.category = partOf(name);
    page.name = heading?.[1] ?? page.name;
  });

  // Behind what sorts categories by the alphabet.
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      const at = (reflection) => (names.has(reflection) ? place(names.get(reflection)) : 0);
      const inOrder = (list) => list?.sort((a, b) => at(a) - at(b));
      for (const category of project.categories ?? []) inOrder(category.children);
      inOrder(project.documents);
      asText(project.files);
    },
    -1000,
  );

  app.renderer.defineRouter(
    'guides',
    class extends KindRouter {
      getIdealBaseName(reflection) {
        if (reflection.kind !== ReflectionKind.Document) return super.getIdealBaseName(reflection);
        return `guides/${names.get(reflection)}`;
      }
    },
  );
};
