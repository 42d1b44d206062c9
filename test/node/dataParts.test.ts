import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { openImages } from '../../src/node/data/openImages.ts';
import { rejection, scratchFolder } from '../support/scratch.ts';
import { describeShared, shared } from '../support/shared.ts';
import { tarOf } from './dataArchives.ts';
import { firsts, pngsAt, writeFiles } from './dataFiles.ts';

/** Paths of images of two classes in a folder. */
const classesIn = (folder: string, classes = ['cat', 'dog']): string[] =>
  classes.flatMap((name) => [`${folder}/${name}/0.png`, `${folder}/${name}/1.png`]);

describe('parts of a data set', () => {
  const path = scratchFolder();
  const write = async (paths: readonly string[]): Promise<void> => writeFiles(path, await pngsAt(paths));

  const spellings: readonly [train: string, test: string][] = [
    ['train', 'test'],
    ['train', 'val'],
    ['train', 'valid'],
    ['train', 'validation'],
    ['train', 'dev'],
    ['Training', 'Testing'],
    ['Train', 'Test'],
    ['TRAIN', 'TEST'],
    ['train_images', 'test_images'],
    ['training_set', 'test_set'],
    ['TrainSet', 'TestSet'],
    ['train2017', 'val2017'],
    ['seg_train/seg_train', 'seg_test/seg_test'],
    ['flowers_train', 'flowers_test'],
    ['data/set/train', 'data/set/test'],
  ];
  for (const [train, test] of spellings) {
    it(`are told by the names ${train} and ${test}, in a folder and in an archive`, async () => {
      const paths = [...classesIn(train), ...classesIn(test)];
      await write(paths);
      writeFileSync(path('set.tar'), tarOf(await pngsAt(paths)));
      for (const place of [path(), path('set.tar')]) {
        const found = [await openImages(place), await openImages(place, { part: 'test' })];
        for (const { classes, labels } of found) {
          expect([classes, labels]).to.deep.equal([
            ['cat', 'dog'],
            [0, 0, 1, 1],
          ]);
        }
        expect(found.map(firsts)).to.deep.equal([
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ]);
      }
    });
  }

  it('are three where there is a validation part beside the test part', async () => {
    await write([...classesIn('train'), ...classesIn('valid'), ...classesIn('test')]);
    const parts = ['train', 'validation', 'test'] as const;
    const found = await Promise.all(parts.map((part) => openImages(path(), { part })));
    expect(found.map((images) => firsts(images)[0])).to.deep.equal([1, 5, 9]);
  });

  it('may lie inside the folders of classes', async () => {
    await write(['cat/train/0.png', 'cat/test/1.png', 'dog/train/2.png', 'dog/test/3.png']);
    const images = await openImages(path());
    expect([firsts(images), images.classes]).to.deep.equal([
      [1, 3],
      ['cat', 'dog'],
    ]);
  });

  it('leave out what lies beside them, and name it', async () => {
    await write([...classesIn('seg_train'), ...classesIn('seg_test'), 'seg_pred/7.png', 'cover.png']);
    const { count, skipped } = await openImages(path());
    expect(count).to.equal(4);
    expect(skipped.map(({ name }) => name)).to.deep.equal(['cover.png', 'seg_pred/7.png']);
  });

  const published: readonly [title: string, paths: readonly string[], train: number, test: number, beside: number][] = [
    ['signs', [...classesIn('Train', ['0', '1']), 'Test/0.png', 'Meta/0.png'], 4, 1, 1],
    ['fruits', [...classesIn('Training'), ...classesIn('Test'), 'test-multiple_fruits/0.png', 'papers/1.png'], 4, 4, 2],
    ['faults', [...classesIn('x/train', ['good']), ...classesIn('x/test'), ...classesIn('x/ground_truth')], 2, 4, 4],
    [
      'lungs',
      [...classesIn('train'), ...classesIn('test'), ...classesIn('chest/train'), ...classesIn('chest/test')],
      4,
      4,
      8,
    ],
    ['pets', ['train/cat.0.png', 'train/cat.1.png', 'train/dog.0.png', 'test1/1.png'], 3, 1, 0],
  ];
  for (const [title, paths, train, test, beside] of published) {
    it(`are told as published: ${title}`, async () => {
      await write(paths);
      const images = await openImages(path());
      expect([images.count, images.skipped.length]).to.deep.equal([train, beside]);
      expect((await openImages(path(), { part: 'test' })).count).to.equal(test);
    });
  }

  it('number their classes as in training, even where some have no image', async () => {
    await write([...classesIn('train', ['a', 'b', 'c']), ...classesIn('test', ['c', 'b']), ...classesIn('val', ['c'])]);
    for (const [part, labels] of [
      ['test', [1, 1, 2, 2]],
      ['validation', [2, 2]],
    ] as const) {
      expect(await openImages(path(), { part })).to.deep.include({ labels, classes: ['a', 'b', 'c'] });
    }
  });

  it('keep the classes of training where test images have none', async () => {
    await write([...classesIn('train'), 'test/images/0.png', 'test/images/1.png']);
    expect((await openImages(path())).classes).to.deep.equal(['cat', 'dog']);
    expect((await openImages(path(), { part: 'test' })).classes).to.equal(undefined);
  });

  it('are not thought of where a folder "train" of images lies beside other classes', async () => {
    await write(['bus/0.png', 'bicycle/0.png', 'train/0.png']);
    expect(await openImages(path())).to.deep.include({ classes: ['bicycle', 'bus', 'train'], labels: [0, 1, 2] });
  });

  it('are spoken of where a class is called like one', async () => {
    await write(['test_tube/0.png', 'beaker/0.png']);
    const { classes, notes } = await openImages(path());
    expect(classes).to.deep.equal(['beaker', 'test_tube']);
    expect(notes).to.deep.equal(['taken for classes, and not for parts of the data set: test_tube']);
    expect((await openImages(path(), { folders: 'classes' })).notes).to.deep.equal([]);
  });

  const doubtful: readonly [title: string, paths: readonly string[], asClasses: number, asParts: number][] = [
    ['test images beside classes', ['test/0.png', 'cat/0.png', 'dog/0.png'], 3, Number.NaN],
    ['a train folder with classes in it beside a class', [...classesIn('train'), 'bus/0.png'], 5, 4],
    ['flat parts beside another folder', ['train/0.png', 'test/0.png', 'bus/0.png'], 3, 1],
    ['parts inside some classes only', ['cat/train/0.png', 'cat/test/0.png', 'dog/0.png'], 3, 1],
    ['a part inside another', ['train/a/0.png', 'train/test/b/0.png', 'test/a/0.png'], 3, Number.NaN],
    ['names that say train and test of different things', ['steam-train/0.png', 'test_tube/0.png'], 2, 2],
    ['images beside a sole part', ['train/0.png', '0.png'], 2, 1],
  ];
  for (const [title, paths, asClasses, asParts] of doubtful) {
    it(`are not guessed: ${title}`, async () => {
      await write(paths);
      const error = await rejection(openImages(path()));
      expect(error).to.have.property('code', 'ambiguous-parts');
      expect(error.message)
        .to.match(/"?(train|test|steam-train)"?.*--folders/)
        .and.not.include('\n');
      expect((await openImages(path(), { folders: 'classes' })).count).to.equal(asClasses);
      if (Number.isNaN(asParts)) await rejection(openImages(path(), { folders: 'parts' }));
      else expect((await openImages(path(), { folders: 'parts' })).count).to.equal(asParts);
    });
  }

  it('are refused where they are not there, with those that are', async () => {
    await write(classesIn('Testing'));
    const error = await rejection(openImages(path()));
    expect(error).to.have.property('code', 'no-such-part');
    expect(error.message).to.match(/no part "train".*"test"/);
    expect((await openImages(path(), { part: 'test' })).count).to.equal(4);
  });

  it('and what folders are go by names that are known', async () => {
    await write(['0.png']);
    expect(await rejection(openImages(path(), { part: 'testing' as 'test' }))).to.have.property('code', 'bad-part');
    const error = await rejection(openImages(path(), { folders: 'class' as 'classes' }));
    expect(error).to.have.property('code', 'unknown-folders');
  });
});

describeShared('folders as they are published', 'cases/data', () => {
  it('train on Training, and not on Testing', async () => {
    const images = await openImages(shared('cases/data/brain'));
    expect(images).to.deep.include({ count: 12, classes: ['glioma', 'meningioma', 'notumor'] });
    expect((await openImages(shared('cases/data/brain'), { part: 'test' })).digest).to.not.equal(images.digest);
  });

  it('have trains as a class', async () => {
    const { count, classes } = await openImages(shared('cases/data/coco'));
    expect([count, classes]).to.deep.equal([9, ['bicycle', 'bus', 'train']]);
  });
});
