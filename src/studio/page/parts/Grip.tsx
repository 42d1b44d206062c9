import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { type Frame, type Point, toPixels, toValues, within } from '../../frame.ts';

export type GripProps = {
  readonly frame: Frame;
  /** Where it is, in values. */
  readonly at: Point;
  readonly label: string;
  /** Where it is, in words. */
  readonly text: string;
  /** Along which axes it can be moved. */
  readonly moves: 'x' | 'y' | 'both';
  /** What an arrow key moves it by. */
  readonly step: Point;
  readonly onMove: (to: Point) => void;
  /** How far from its middle it can still be taken hold of, in pixels. @defaultValue 18 */
  readonly reach?: number;
  /** What it looks like, drawn around its own place. @defaultValue a knob */
  readonly children?: ComponentChildren;
};

/** Something in a chart that is moved by mouse, finger and arrow keys: a slider. */
export const Grip = ({ frame, at, label, text, moves, step, onMove, reach = 18, children }: GripProps) => {
  const held = useRef<Point | undefined>(undefined);
  const latest = useRef(at);
  latest.current = at;
  const main = moves === 'x' ? 'x' : 'y';
  const { x, y } = toPixels(frame, at);
  const leave = (): void => {
    held.current = undefined;
  };
  const move = (to: Point): void => {
    latest.current = {
      x: moves === 'y' ? at.x : within(to.x, frame.x),
      y: moves === 'x' ? at.y : within(to.y, frame.y),
    };
    onMove(latest.current);
  };
  return (
    <g
      class={`grip moves-${moves}`}
      transform={`translate(${x} ${y})`}
      role="slider"
      tabindex={0} // in SVG, names of attributes keep their case
      aria-label={label}
      aria-orientation={moves === 'x' ? 'horizontal' : 'vertical'}
      aria-valuemin={frame[main][0]}
      aria-valuemax={frame[main][1]}
      aria-valuenow={at[main]}
      aria-valuetext={text}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.preventDefault(); // no selecting of text
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.focus({ preventScroll: true });
        const pixel = pixelOf(event, frame);
        held.current = { x: pixel.x - x, y: pixel.y - y };
      }}
      onPointerMove={(event) => {
        if (held.current === undefined) return;
        const pixel = pixelOf(event, frame);
        move(toValues(frame, { x: pixel.x - held.current.x, y: pixel.y - held.current.y }));
      }}
      onPointerUp={leave}
      onLostPointerCapture={leave}
      onKeyDown={(event) => {
        const to = keyMove(event.key, { at: latest.current, frame, moves, step }); // keys may come faster than it is drawn
        if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        move(to);
      }}
    >
      {children ?? (
        <>
          <circle class="reach" r={reach} />
          <circle class="knob" r="7" />
        </>
      )}
    </g>
  );
};

/** Where a pointer is, in the pixels of the drawing that it is over. */
export const pixelOf = (event: PointerEvent, { width, height }: Frame): Point => {
  const target = event.currentTarget as SVGElement;
  const box = (target.ownerSVGElement ?? target).getBoundingClientRect();
  return {
    x: ((event.clientX - box.left) / box.width) * width,
    y: ((event.clientY - box.top) / box.height) * height,
  };
};

type Moving = Pick<GripProps, 'at' | 'frame' | 'moves' | 'step'>;

/** Where a key moves a slider to; along one axis all arrows do, along both each its own. */
const keyMove = (key: string, { at, frame, moves, step }: Moving): Point | undefined => {
  const main = moves === 'x' ? 'x' : 'y';
  const side = moves === 'both' ? 'x' : main;
  const by = (axis: 'x' | 'y', steps: number): Point => ({ ...at, [axis]: at[axis] + steps * step[axis] });
  const to = (end: 0 | 1): Point => ({ ...at, [main]: frame[main][end] });
  if (key === 'ArrowUp') return by(main, 1);
  if (key === 'ArrowDown') return by(main, -1);
  if (key === 'ArrowRight') return by(side, 1);
  if (key === 'ArrowLeft') return by(side, -1);
  if (key === 'PageUp') return by(main, 10);
  if (key === 'PageDown') return by(main, -10);
  if (key === 'Home') return to(0);
  return key === 'End' ? to(1) : undefined;
};
