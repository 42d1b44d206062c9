import { useId } from 'preact/hooks';

export type SliderProps = {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The value in words, for the eye and for a screen reader. */
  readonly text: string;
  readonly onChange: (value: number) => void;
  /** What moving it does, in a line. */
  readonly hint?: string;
};

/** A slider with its name and its value, moved by mouse, finger and arrow keys. */
export const Slider = ({ label, value, min, max, step, text, onChange, hint }: SliderProps) => {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{text}</output>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-valuetext={text}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
};
