import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

type FieldProps = {
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was typed. */
  readonly wrong?: string | undefined;
  readonly control: (ids: { readonly id: string; readonly describedBy: string }) => ComponentChildren;
};

/** A control with its name above and a line below it, whose place is kept whether it says something or not. */
export const Field = ({ label, hint, wrong, control }: FieldProps) => {
  const id = useId();
  const describedBy = `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {control({ id, describedBy })}
      <p class={wrong === undefined ? 'hint' : 'hint wrong'} id={describedBy} aria-live="polite">
        {wrong ?? hint}
      </p>
    </div>
  );
};

export type NumberFieldProps = {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Smallest difference; 1 takes integers only. */
  readonly step: number;
  readonly onChange: (value: number) => void;
  readonly hint?: string;
};

/** A number that is taken as soon as it is one within the bounds; until then it says what it must be. */
export const NumberField = ({ label, value, min, max, step, onChange, hint }: NumberFieldProps) => {
  const [typed, setTyped] = useState<string>();
  const isWhole = Number.isInteger(step);
  const isRight = (text: string): boolean => {
    const number = Number(text);
    return text.trim() !== '' && number >= min && number <= max && (!isWhole || Number.isInteger(number));
  };
  const rule = `${isWhole ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  const wrong = typed !== undefined && !isRight(typed) ? rule : undefined;
  return (
    <Field
      {...{ label, hint, wrong }}
      control={({ id, describedBy }) => (
        <input
          id={id}
          type="number"
          inputMode={isWhole ? 'numeric' : 'decimal'}
          {...{ min, max, step }}
          value={typed ?? value}
          aria-describedby={describedBy}
          aria-invalid={wrong !== undefined}
          onInput={({ currentTarget }) => {
            setTyped(currentTarget.value);
            if (isRight(currentTarget.value)) onChange(Number(currentTarget.value));
          }}
          onBlur={() => setTyped(undefined)}
        />
      )}
    />
  );
};

export type TextFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
};

export const TextField = ({ label, value, onChange, hint }: TextFieldProps) => (
  <Field
    {...{ label, hint }}
    control={({ id, describedBy }) => (
      <input
        id={id}
        type="text"
        value={value}
        aria-describedby={describedBy}
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    )}
  />
);

export type SelectFieldProps = {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  readonly onChange: (value: string) => void;
  readonly hint?: string;
};

export const SelectField = ({ label, value, options, onChange, hint }: SelectFieldProps) => (
  <Field
    {...{ label, hint }}
    control={({ id, describedBy }) => (
      <select
        id={id}
        value={value}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    )}
  />
);
