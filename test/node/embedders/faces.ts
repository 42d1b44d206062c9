import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { finderOf } from '../../../src/node/packageFiles.ts';
import { describeWhere } from '../../support/describeWhere.ts';
import { describeShared, shared } from '../../support/shared.ts';

const FOLDER = 'data/lfw-64';
const PEOPLE = 6;

/** `describe` where a package for faces is installed and real faces are beside this checkout. */
export const describeFaces = (title: string, name: string, body: (this: Mocha.Suite) => void): void => {
  if (finderOf(name)) describeShared(title, FOLDER, body);
  else describeWhere(`needs ${name}, which is not installed`, title, body);
};

/**
 * Unpacks some faces, 64 x 64; they stay in the scratch folder and in memory.
 *
 * @returns two pictures of each of six people, one after the other, `[12, 64, 64, 3]` in [0, 1], the caller's.
 */
export const readFaces = async (folder: string): Promise<tf.Tensor4D> => {
  const names = readFileSync(shared(`${FOLDER}/held-out.txt`), 'utf8')
    .split('\n')
    .slice(0, 40);
  execFileSync('tar', ['xJf', shared(`${FOLDER}/lfw-64.tar.xz`), '-C', folder, ...names]);
  const people = names.map((name) =>
    readdirSync(join(folder, name))
      .map((file) => join(folder, name, file))
      .sort(),
  );
  const files = people
    .filter(({ length }) => length > 1)
    .slice(0, PEOPLE)
    .flatMap((own) => own.slice(0, 2));
  const pictures: Buffer[] = [];
  for (const file of files) pictures.push(await sharp(file).removeAlpha().raw().toBuffer());
  const values = Float32Array.from(Buffer.concat(pictures), (value) => value / 255);
  return tf.tensor4d(values, [files.length, 64, 64, 3]);
};
