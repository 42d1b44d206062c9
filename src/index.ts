export { ArgumentError, BoomerangError, CheckpointError, EnvironmentError } from './errors.ts';
