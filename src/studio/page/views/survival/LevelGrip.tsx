import { type Frame, MARGINS } from '../../../frame.ts';
import { Grip } from '../../parts/Grip.tsx';

export type LevelGripProps = {
  readonly frame: Frame;
  readonly level: number;
  /** What an arrow key moves it by. */
  readonly step: number;
  readonly label: string;
  /** What stands at the line. */
  readonly text: string;
  /** What a screen reader says of it. */
  readonly spoken: string;
  readonly onMove: (level: number) => void;
};

/** A line across a chart that is dragged up and down. */
export const LevelGrip = ({ frame, level, step, label, text, spoken, onMove }: LevelGripProps) => {
  const width = frame.width - MARGINS.left - MARGINS.right;
  return (
    <Grip
      {...{ frame, label, text: spoken, moves: 'y', step: { x: 0, y: step } }}
      at={{ x: frame.x[1], y: level }}
      onMove={({ y }) => onMove(y)}
    >
      <rect class="reach" x={-width} y="-12" width={width + 14} height="24" />
      <line class="target" x1={-width} x2="0" />
      <circle class="knob" r="7" />
      <text x="-12" y="-7" text-anchor="end">
        {text}
      </text>
    </Grip>
  );
};
