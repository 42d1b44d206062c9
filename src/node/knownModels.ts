/** A model that is worth a try, and what to know of it before anything is fetched. */
export type KnownModel = {
  /** As `loadModel` takes it. */
  readonly place: string;
  /** What it draws. */
  readonly domain: string;
  /** Height, width and channels. */
  readonly images: string;
  readonly licence: string;
  /** Of the download, in bytes; 0 for what comes with the package. */
  readonly bytes: number;
  /** Seconds of one step of one image on two processor cores with ONNX Runtime, and where that was measured. */
  readonly secondsPerStep: number;
  /** What was seen of it here. */
  readonly checked: 'whole' | 'shape';
  /** Where its pictures are. */
  readonly pictures: string;
};

const hubCard = (name: string): string => `https://huggingface.co/${name}`;

/** From the smallest on. Those of which the shape alone was checked could not be fetched where that was done. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  {
    place: 'boomerang:fashion-28',
    domain: 'clothing, as in Fashion-MNIST, 10 classes',
    images: '28 x 28, grey',
    licence: 'MIT',
    bytes: 0,
    secondsPerStep: 0.0031,
    checked: 'whole',
    pictures: 'models/fashion-28/samples.png in the package',
  },
  {
    place: 'google/ddpm-cifar10-32',
    domain: 'small photographs, as in CIFAR-10',
    images: '32 x 32, colour',
    licence: 'Apache-2.0',
    bytes: 143e6,
    secondsPerStep: 0.036,
    checked: 'shape',
    pictures: hubCard('google/ddpm-cifar10-32'),
  },
  {
    place: 'SimianLuo/LCM_Dreamshaper_v7',
    domain: 'photographs and paintings, with prompts, 4 steps',
    images: '512 x 512, colour; 256 x 256 suits a processor',
    licence: 'MIT',
    bytes: 4.3e9,
    secondsPerStep: 1.15,
    checked: 'shape',
    pictures: hubCard('SimianLuo/LCM_Dreamshaper_v7'),
  },
  {
    place: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
    domain: 'photographs and paintings, with prompts',
    images: '512 x 512, colour; 256 x 256 suits a processor',
    licence: 'CreativeML Open RAIL-M: uses are restricted',
    bytes: 4.3e9,
    secondsPerStep: 1.15,
    checked: 'shape',
    pictures: hubCard('stable-diffusion-v1-5/stable-diffusion-v1-5'),
  },
];
