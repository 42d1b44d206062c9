import type { Folder } from '../checkpoints/folder.ts';
import { computesOnGpu } from '../engines/tfjs/computesOnGpu.ts';
import { ArgumentError, EnvironmentError, pick } from '../errors.ts';
import type { PipelineOptions } from '../models/loadOptions.ts';
import type { Engine, Model } from '../models/model.ts';
import { type Openers, refuseDescription, TFJS_OPENERS } from '../models/openers.ts';
import { openModel } from '../models/openModel.ts';
import { tell, warnOnce } from '../warn.ts';
import type { Device } from './onnx/device.ts';

const ENGINES = { auto: 'auto', onnx: 'onnx', tfjs: 'tfjs' } as const;
const DEVICES = { auto: 'auto', cpu: 'cpu', webgpu: 'webgpu' } as const;

/**
 * What opens models in a browser. Whoever names a device means ONNX Runtime.
 *
 * @throws ArgumentError `unknown-engine`, `unknown-device`, `bad-device`; the openers `bad-engine` and `bad-device` for
 *   models that the engine cannot run.
 */
export const webOpeners = (engine: 'auto' | Engine, device: 'auto' | Device): Openers => {
  pick(ENGINES, engine, 'engine');
  pick(DEVICES, device, 'device');
  if (engine === 'tfjs') refuseDevice(device, 'the engine "tfjs" computes where its backend does');
  return {
    ...TFJS_OPENERS,
    async diffusers({ folder, ...located }, { description, pipeline }) {
      refuseDescription({ ...located, folder }, description);
      const isFast = engine === 'auto' && device === 'auto' && computesOnGpu();
      if (engine === 'tfjs' || isFast) return openModel(folder, pipeline);
      return openOnnx(folder, pipeline, { engine, device });
    },
    async tfjs(located, asked) {
      refuseDevice(device, `${located.place} is a model of TensorFlow.js`);
      if (engine !== 'onnx') return TFJS_OPENERS.tfjs(located, asked);
      const rule = `the engine "onnx" cannot run this model: ${located.place} is a model of TensorFlow.js`;
      throw new ArgumentError('bad-engine', `${rule}; leave engine out`);
    },
  };
};

const refuseDevice = (device: 'auto' | Device, why: string): void => {
  if (device === 'auto') return;
  throw new ArgumentError('bad-device', `device "${device}" is for ONNX Runtime, and ${why}; leave device out`);
};

type Choice = { readonly engine: 'auto' | 'onnx'; readonly device: 'auto' | Device };

const openOnnx = async (folder: Folder, pipeline: PipelineOptions, { engine, device }: Choice): Promise<Model> => {
  try {
    const { openOnnxModel } = await import('./onnx/openOnnxModel.ts'); // what writes graphs need not be in every bundle
    return await openOnnxModel(folder, pipeline, device);
  } catch (error) {
    const isAbsent = error instanceof EnvironmentError && ABSENT.includes(error.code);
    if (engine === 'onnx' || device !== 'auto' || !isAbsent) throw error;
    const say = error.code === 'no-onnxruntime' ? tell : warnOnce; // what is optional need not be there
    say(`going on with tfjs, since the ONNX engine cannot be had: ${error.message}`);
    return openModel(folder, pipeline);
  }
};

/** What means that the engine cannot be had here. */
const ABSENT = ['no-onnxruntime', 'bad-graph'];
