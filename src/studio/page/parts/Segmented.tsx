import { useId } from 'preact/hooks';

export type Segment<T extends string> = { readonly value: T; readonly text: string };

export type SegmentedProps<T extends string> = {
  readonly label: string;
  readonly value: T;
  readonly segments: readonly Segment<T>[];
  readonly onChange: (value: T) => void;
  readonly hint?: string;
};

/** One of a few, all of them seen: radio buttons that look like one bar. */
export const Segmented = <T extends string>({ label, value, segments, onChange, hint }: SegmentedProps<T>) => {
  const id = useId();
  return (
    <fieldset class="segmented" aria-describedby={hint === undefined ? undefined : `${id}-hint`}>
      <legend>{label}</legend>
      <div>
        {segments.map((segment) => (
          <label key={segment.value}>
            <input
              type="radio"
              name={id}
              value={segment.value}
              checked={segment.value === value}
              onChange={() => onChange(segment.value)}
            />
            <span>{segment.text}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </fieldset>
  );
};
