import type { Hono } from 'hono';
import type { StudioContext } from '../context.ts';

/** Answers some of the addresses below `/api`. */
export type Route = (app: Hono, context: StudioContext) => void;
