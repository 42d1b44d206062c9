import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import type { Seen } from '../../../src/apps/anonymise/embedder.ts';
import { ArgumentError } from '../../../src/errors.ts';
import { loadEmbedder } from '../../../src/node/embedders/loadEmbedder.ts';
import type { OpenEmbedder } from '../../../src/node/embedders/openEmbedder.ts';
import { rejection, scratchFolder } from '../../support/scratch.ts';
import { root, TSX } from '../../support/shared.ts';
import { expectNoLeak } from '../../support/tensors.ts';
import { describeFaces, readFaces } from './faces.ts';

const cosine = ({ vector: a }: Seen, { vector: b }: Seen): number => {
  let [product, left, right] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    product += (a[i] as number) * (b[i] as number);
    left += (a[i] as number) ** 2;
    right += (b[i] as number) ** 2;
  }
  return product / Math.sqrt(left * right);
};

const some = (faces: tf.Tensor4D, from: number, count = 1): tf.Tensor4D =>
  tf.slice(faces, [from, 0, 0, 0], [count, -1, -1, -1]);

/** A face in a larger grey picture. */
const placed = (face: tf.Tensor4D, [top, left]: readonly [number, number], [height, width]: readonly [number, number]) =>
  tf.pad(face, [[0, 0], [top, height - top - 64], [left, width - left - 64], [0, 0]], 0.5); // biome-ignore format: by axis

const tellsPeopleApart = (name: 'face-api' | 'human', width: number, feeling: string): void => {
  describeFaces(`the embedder ${name}`, `@vladmandic/${name}`, () => {
    let folder = '';
    let faces: tf.Tensor4D;
    let embed: OpenEmbedder;
    let backend: string;

    const look = async (images: tf.Tensor4D): Promise<readonly (Seen | null)[]> => {
      const seen = await embed(images);
      images.dispose();
      return seen as readonly (Seen | null)[];
    };

    before(async () => {
      backend = tf.getBackend();
      folder = mkdtempSync(join(tmpdir(), 'boomerang-faces-'));
      faces = await readFaces(folder);
      embed = await loadEmbedder(name);
    });
    after(async () => {
      await embed?.dispose();
      tf.dispose(faces ?? []);
      rmSync(folder, { recursive: true });
    });

    it('sees that two pictures of a person are more alike than those of others', () =>
      expectNoLeak(async () => {
        const seen = await look(tf.clone(faces));
        const found = seen.flatMap((one, n) => (one ? [{ one, person: n >> 1 }] : []));
        expect(found.length).to.be.at.least(10);
        for (const [n, { one, person }] of found.entries()) {
          const others = found.filter((_, m) => m !== n);
          if (!others.some((other) => other.person === person)) continue;
          const alike = (isSame: boolean): number[] =>
            others.filter((other) => (other.person === person) === isSame).map((other) => cosine(one, other.one));
          expect(Math.max(...alike(true)), `face ${n}`).to.be.above(Math.max(...alike(false)));
        }
      }));

    it(`gives ${width} numbers, an age, a gender and an ${feeling}`, () =>
      expectNoLeak(async () => {
        const [seen] = await look(some(faces, 0));
        expect(seen?.vector).to.have.lengthOf(width);
        expect(seen?.attributes).to.have.all.keys('age', 'gender', feeling);
        expect(seen?.attributes['age']).to.be.within(1, 99);
        expect(seen?.attributes['gender']).to.be.oneOf(['male', 'female', 'unknown']);
        expect(seen?.attributes[feeling]).to.be.a('string').that.is.not.empty;
      }));

    it('sees a picture alike in any batch and after any other', () =>
      expectNoLeak(async () => {
        const [alone] = await look(some(faces, 2));
        const [, , again] = await look(some(faces, 0, 3));
        expect(again).to.deep.equal(alone);
      }));

    it('takes grey pictures', () =>
      expectNoLeak(async () => {
        const grey = tf.tidy(() => tf.mean(some(faces, 0), 3, true) as tf.Tensor4D);
        const [colours] = await look(some(faces, 0));
        const [seen] = await look(grey);
        expect(cosine(seen as Seen, colours as Seen)).to.be.above(0.8);
      }));

    it('finds nobody in a picture without a face', () =>
      expectNoLeak(async () => {
        const ramp = tf.tidy(() =>
          tf.tile(tf.reshape(tf.linspace(0, 1, 64), [1, 64, 1, 1]), [1, 1, 64, 3]),
        ) as tf.Tensor4D;
        expect(await embed.detect?.(ramp)).to.deep.equal([[]]);
        expect(await look(ramp)).to.deep.equal([null]);
      }));

    it('finds a face where it is', () =>
      expectNoLeak(async () => {
        const boxAt = async (top: number, left: number) => {
          const picture = tf.tidy(() => placed(some(faces, 2), [top, left], [160, 128]));
          const [boxes = []] = (await embed.detect?.(picture)) ?? [];
          picture.dispose();
          expect(boxes).to.have.lengthOf(1);
          return boxes[0] ?? expect.fail('no face');
        };
        for (const [top, left] of [
          [16, 8],
          [80, 48],
        ] as const) {
          const box = await boxAt(top, left);
          expect(Math.max(box.height, box.width)).to.be.within(32, 128);
          expect(box.top + box.height / 2).to.be.closeTo(top + 32, 12);
          expect(box.left + box.width / 2).to.be.closeTo(left + 32, 12);
        }
        const atEdge = await boxAt(96, 64);
        expect(atEdge.top + atEdge.height).to.be.at.most(160);
        expect(atEdge.left + atEdge.width).to.be.at.most(128);
      }));

    it('finds all faces of a picture, and describes the largest', () =>
      expectNoLeak(async () => {
        const picture = tf.tidy(() => {
          const large = tf.image.resizeBilinear(some(faces, 4), [128, 128]);
          return tf.concat([placed(some(faces, 2), [32, 0], [128, 64]), large], 2) as tf.Tensor4D;
        });
        const [boxes = []] = (await embed.detect?.(picture)) ?? [];
        const [described] = await look(picture);
        const [[small], [large]] = [await look(some(faces, 2)), await look(some(faces, 4))];
        expect(boxes).to.have.lengthOf(2);
        expect(cosine(described as Seen, large as Seen)).to.be.above(cosine(described as Seen, small as Seen) + 0.05);
      }));

    it('leaves the backend of the caller alone', () => {
      expect(tf.getBackend()).to.equal(backend);
      expect(embed.id).to.match(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`));
    });

    it('refuses what is no picture', () =>
      expectNoLeak(async () => {
        for (const [images, code] of [
          [tf.fill([1, 8, 8, 3], 2), 'out-of-range'],
          [tf.fill([1, 8, 8, 3], Number.NaN), 'out-of-range'],
          [tf.zeros([1, 8, 8, 2]), 'bad-image-shape'],
          [tf.zeros([8, 8, 3]), 'bad-image-shape'],
        ] as const) {
          expect(await rejection(look(images as tf.Tensor4D).finally(() => images.dispose()))).to.include({ code });
        }
      }));

    it('fails those that wait when it is disposed of, and whoever asks later', () =>
      expectNoLeak(async () => {
        const own = await loadEmbedder(name);
        const picture = some(faces, 0);
        const waiting = rejection(Promise.resolve(own(picture)));
        await new Promise((resolve) => setImmediate(resolve)); // the question is on its way
        await own.dispose();
        for (const error of [await waiting, await rejection(Promise.resolve(own(picture)))]) {
          expect(error).to.be.instanceOf(ArgumentError).with.property('code', 'embedder-disposed');
        }
        await own.dispose();
        picture.dispose();
      }));
  });
};

tellsPeopleApart('face-api', 128, 'expression');
tellsPeopleApart('human', 1024, 'emotion');

describeFaces('the detector of face-api', '@vladmandic/face-api', () => {
  const path = scratchFolder();

  it('finds faces that fill a picture, and nearly all small ones in large pictures', () =>
    expectNoLeak(async () => {
      const embed = await loadEmbedder('face-api');
      const faces = await readFaces(path());
      const small = tf.tidy(() => placed(some(faces, 1, 5), [40, 200], [400, 400]));
      const counts = async (images: tf.Tensor4D) => (await embed.detect?.(images))?.map(({ length }) => length);
      const [filling, few] = [await counts(faces), await counts(small)];
      await embed.dispose();
      tf.dispose([faces, small]);
      expect(filling).to.deep.equal(Array.from({ length: 12 }, () => 1));
      expect(few?.filter((found) => found === 1)).to.have.length.at.least(4);
    }));
});

describeFaces('an embedder that is forgotten', '@vladmandic/face-api', () => {
  const path = scratchFolder();

  it('keeps a process alive until it has answered, and no longer', async () => {
    const file = path('forget.mjs');
    const source = JSON.stringify(join(root, 'src/node/embedders/loadEmbedder.ts'));
    writeFileSync(
      file,
      `import { createRequire } from 'node:module';
       const { loadEmbedder } = await import(${source});
       const embed = await loadEmbedder('face-api');
       const require = createRequire(${source});
       require('@tensorflow/tfjs-backend-cpu');
       const picture = require('@tensorflow/tfjs-core').zeros([1, 32, 32, 3]);
       console.log(embed.id, JSON.stringify(await embed(picture)));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [...TSX, file], { timeout: 50_000 });
    expect(stdout).to.match(/face-api [\d.]+ \[null\]/);
  });
});
