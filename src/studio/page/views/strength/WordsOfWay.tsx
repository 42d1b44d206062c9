import type { WayChoice } from '../../../choice.ts';
import { TextField } from '../../parts/Field.tsx';
import { Slider } from '../../parts/Slider.tsx';
import type { Studio } from '../../studio.ts';

export type WordsOfWayProps = { readonly studio: Studio; readonly change: (part: WayChoice) => void };

/** What a model that understands words is told. */
export const WordsOfWay = ({ studio: { about, choice }, change }: WordsOfWayProps) => {
  const { prompt = '', negativePrompt = '', guidance = about.model.usual.guidance } = choice.way;
  return (
    <>
      <TextField
        label="Prompt"
        value={prompt}
        onChange={(text) => change({ prompt: text })}
        hint="What images are of; {class} stands for the name of the class: a photo of a {class}"
      />
      <TextField
        label="Negative prompt"
        value={negativePrompt}
        onChange={(text) => change({ negativePrompt: text })}
        hint="What they should not become."
      />
      <Slider
        label="Guidance"
        value={guidance}
        text={guidance.toFixed(1)}
        {...{ min: 1, max: 15, step: 0.5 }}
        onChange={(value) => change({ guidance: value })}
        hint="How much the prompt counts; 1 takes half the time."
      />
    </>
  );
};
