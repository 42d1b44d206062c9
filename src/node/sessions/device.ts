/** What ONNX Runtime computes on: the processor, or a GPU through one of its engines. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'dml';

export const DEVICES: Readonly<Record<Device, Device>> = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  coreml: 'coreml',
  dml: 'dml',
};

/** What is to compute, and whether the processor goes on where a GPU fails. */
export type ChosenDevice = { readonly device: Device; readonly canRetreat: boolean };

/** What WebGPU, CUDA and DirectX say when a device is gone, which does not come back in the same process. */
const LOST =
  /device (was |is |has been )?(lost|removed|hung)|DEVICE_(REMOVED|HUNG|LOST)|cudaError(DevicesUnavailable|IllegalAddress)/i;

export const isDeviceLost = (message: string): boolean => LOST.test(message);
