import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { anonymise } from '../../../src/apps/anonymise/anonymise.ts';
import type { Embedder } from '../../../src/apps/anonymise/embedder.ts';
import { loadModel } from '../../../src/node/loadModel.ts';
import { openImages } from '../../../src/node/data/openImages.ts';
