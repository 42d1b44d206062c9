import { useRef } from 'preact/hooks';
import type { Drawing } from '../../../drawing.ts';
import { type Frame, MARGINS, type Point, toValues } from '../../../frame.ts';
import { type Handle, handlesOf, painted, startHandle, warmUpHandle } from '../../../handles.ts';
import { Grip, pixelOf } from '../../parts/Grip.tsx';

export type HandlesProps = {
  readonly name: string;
  readonly epochs: number;
  readonly write: (value: number) => string;
  readonly frame: Frame;
  readonly drawing: Drawing;
  /** What the curve gives in each epoch. */
  readonly values: readonly number[];
  /** Whether only the beginning of the curve counts. */
  readonly isStartOnly: boolean;
  readonly onDraw: (to: Drawing) => void;
};

/** The handles of a curve, and room to draw free points in one stroke. */
export const Handles = ({ name, epochs, write, isStartOnly, frame, drawing, values, onDraw }: HandlesProps) => {
  const handles = isStartOnly
    ? [startHandle(drawing)]
    : [
        ...handlesOf(drawing, epochs),
        ...(drawing.warmUp > 0 ? [warmUpHandle(drawing, epochs, values[drawing.warmUp] ?? 0)] : []),
      ];
  const spacing = (frame.width - MARGINS.left - MARGINS.right) / Math.max(1, handles.length - 1);
  return (
    <>
      {drawing.kind === 'perEpoch' && !isStartOnly && <Canvas {...{ frame, drawing, onDraw }} />}
      {handles.map((handle, n) => (
        <Grip
          key={`${drawing.kind} ${n}`}
          {...{
            frame,
            at: handle,
            moves: MOVES[handle.moves],
            step: { x: handle.moves === 'both' ? 0.5 : 1, y: 0.01 },
          }}
          label={`${name} ${handle.name}`}
          text={handle.moves === 'epoch' ? `epoch ${handle.x + 1}` : write(handle.y)}
          reach={Math.min(18, Math.max(8, spacing / 2))}
          onMove={(to) => onDraw(handle.apply(to))}
        />
      ))}
    </>
  );
};

const MOVES: Readonly<Record<Handle['moves'], 'x' | 'y' | 'both'>> = { value: 'y', epoch: 'x', both: 'both' };

type CanvasProps = Pick<HandlesProps, 'frame' | 'drawing' | 'onDraw'>;

/** Where free points are drawn in one stroke; the handles do the same by keyboard. */
const Canvas = ({ frame, drawing, onDraw }: CanvasProps) => {
  const last = useRef<Point | undefined>(undefined);
  const latest = useRef(drawing);
  latest.current = drawing;
  const stroke = (event: PointerEvent): void => {
    const to = toValues(frame, pixelOf(event, frame));
    latest.current = painted(latest.current, last.current ?? to, to); // the pointer may be faster than the drawing
    onDraw(latest.current);
    last.current = to;
  };
  const leave = (): void => {
    last.current = undefined;
  };
  return (
    <rect
      class="canvas"
      x={MARGINS.left}
      y={MARGINS.top}
      width={frame.width - MARGINS.left - MARGINS.right}
      height={frame.height - MARGINS.top - MARGINS.bottom}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        stroke(event);
      }}
      onPointerMove={(event) => {
        if (last.current) stroke(event);
      }}
      onPointerUp={leave}
      onLostPointerCapture={leave}
    />
  );
};
