import type { Model } from '../../src/index.ts';
import { findFacePackage } from '../../src/node/embedders/facePackages.ts';
import { loadEmbedder, loadModel } from '../../src/node/index.ts';
import { readFaces } from './pictures.ts';
import type { Material, Tried } from './study.ts';
import { nameOf, waysOf } from './ways.ts';
import { makeCopies, readCopies, readSeen, see, type Work } from './work.ts';

export type Places = { readonly data: string; readonly model: string; readonly work: string };

export const JUDGES = ['face-api', 'human'] as const;

/** In what is coarser than blocks of 6 neither judge finds a face. */
export const FACE_WAYS = waysOf(['boomerang', 'pixelation', 'blur'], {
  pixelation: [8, 4, 3, 6, 2, 5, 12, 16],
  blur: [4, 2, 1.5, 3, 1, 2.5, 6, 8],
});

const ORIGINALS = 'original';

/** Opens what was done before; the pictures are read anew. */
export const openFaces = async ({ data, work }: Places, people: number, say: Work['say']): Promise<Work> => ({
  ...{ folder: work, say },
  set: await readFaces(data, work, people),
});

/** Makes all copies that are not there, and has them looked at. Two processes may look at once, each by one judge. */
export const look = async (work: Work, { model: place }: Places, judges: readonly string[]): Promise<void> => {
  let opened: Promise<Model> | undefined;
  const model = (): Promise<Model> => (opened ??= loadModel(place, { engine: 'onnx', device: 'cpu' }));
  for (const judge of judges) {
    const embed = await loadEmbedder(judge);
    try {
      await see({ work, embed }, ORIGINALS, work.set);
      for (const way of FACE_WAYS) {
        await makeCopies(work, way, model);
        const copies = readCopies(work, way);
        if (copies) await see({ work, embed }, nameOf(way), copies);
      }
    } finally {
      await embed.dispose();
    }
  }
  (await opened)?.dispose();
};

/** All that both judges looked at as a whole. */
export const facesSeen = (work: Work): Material => {
  const ids = JUDGES.map((judge) => findFacePackage(judge).id);
  const all = ids.map((id) => [id, readSeen(work, id)] as const);
  const at = (name: string) =>
    Object.fromEntries(all.flatMap(([id, seen]) => (seen.has(name) ? [[id, seen.get(name)]] : [])));
  const tried = FACE_WAYS.flatMap((way) => {
    const copies = readCopies(work, way);
    const seen = at(nameOf(way)) as Tried['seen'];
    return copies && Object.keys(seen).length === ids.length ? [{ way, copies, seen }] : [];
  });
  const places = work.set.people.map((_, place) => place);
  return { originals: work.set, seen: at(ORIGINALS) as Material['seen'], places, tried };
};
