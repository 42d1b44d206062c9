import type { AnonymityReport } from '../../apps/anonymise/report.ts';

/**
 * What goes with copies wherever they go: how they were made, and nothing of what they were made from; no secret, no name
 * and no digest of an original.
 */
export const manifestText = ({ model, versions, per, region, chosen, counts }: AnonymityReport): string => {
  const { written, copied, whole } = counts.fates;
  const manifest = {
    version: 1,
    synthetic: 'copies made by throwing images into the noise of a diffusion model and letting it bring them back',
    ...{ model: { digest: model.digest, engine: model.engine }, versions, per, region },
    ...(chosen.strength === undefined ? {} : { strength: chosen.strength }),
    copies: written + whole,
    ...(copied > 0 ? { unchanged: copied } : {}),
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
};
