import { stat } from 'node:fs/promises';
import { type FetchOptions, fetchModel } from './fetchModel.ts';

/**
 * Where a model lies on this disk: a path as it stands, a name on the hub after it was fetched. What is there goes by
 * its path, whatever it looks like.
 *
 * @param place a path, or `owner/name`.
 * @throws the errors of `fetchModel`.
 */
export const onDisk = async (place: string, options: FetchOptions = {}): Promise<string> => {
  if (!isHubName(place)) return place;
  const isHere = await stat(place).then(
    () => true,
    () => false,
  );
  return isHere ? place : fetchModel(place, options);
};

/** Whether a place can be a model on the hub: `owner/name`, and not the name of a model's file. */
export const isHubName = (place: string): boolean =>
  /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(place) && !/\.\.|--|\.(onnx|json|safetensors)$/.test(place);
