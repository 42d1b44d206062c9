// Every public name stands under a topic: that of the file which declares it. The folders are the topics, so that a new
// name finds its place, and one from a folder that is not named here fails the build.
import { Comment, CommentTag, Converter } from 'typedoc';

/** From the most special to the most general: the first that fits counts. */
const TOPICS = [
  ['API: anonymise', /^(apps\/anonymise|node\/(embedders|copies|anonymise))\//],
  ['API: enhance', /^(apps\/enhance|node\/enhance)\//],
  ['API: choose a strength', /^(calibrate|node\/tuning)\//],
  ['API: augment', /^(transforms|schedules|node\/epochLog)\//],
  ['API: caches and banks', /^(caches|node\/diskCache)\//],
  ['API: make variants', /^(returns)\/|^noise\/strength\.ts/],
  ['API: train a model', /^(train|node\/training)\//],
  ['API: read and write images', /^node\/(data\/|images|idx|contactSheet|output|page)/],
  ['API: errors', /^(errors|warn|random)\.ts/],
  ['API: solvers and schedules of noise', /^(solvers|noise|tensors)\//],
  ['API: run on many machines', /^(node\/runs|fleet)\//],
  ['API: open a model', /^(models|checkpoints|engines|networks|text|web|node)\//],
];

/** @param {import('typedoc').Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => {
    for (const reflection of project.children ?? []) {
      const path = (project.getSymbolIdFromReflection(reflection)?.packagePath ?? '').replace(/^src\//, '');
      const topic = TOPICS.find(([, pattern]) => pattern.test(path))?.[0];
      if (topic === undefined)
        app.logger.error(`${reflection.name}, of src/${path}, has no topic in docs/site/topics.mjs`);
      else tag(reflection, topic);
    }
  });
};

const tag = (reflection, topic) => {
  const holder = reflection.signatures?.[0] ?? reflection;
  holder.comment ??= new Comment();
  holder.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: topic }]));
};
