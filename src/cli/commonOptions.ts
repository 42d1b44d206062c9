import type { Command } from 'commander';
import { FOLDERS_TEXT } from './foldersOption.ts';

/** Of commands that read a data set. */
export const DATA_ARGUMENT = [
  '<data>',
  'IDX or binary CIFAR files, a folder of images, or a tar, tar.gz or zip of images',
] as const;

export const addFitOption = (command: Command): Command =>
  command.option('--fit <way>', 'for images of another size: exact refuses, pad, or resize and crop', 'exact');

export const addFoldersOption = (command: Command): Command => command.option('--folders <what>', FOLDERS_TEXT);

/** Of commands that measure. */
export const addReportOptions = (command: Command): Command =>
  command
    .option('--json', 'print the figures as JSON')
    .option('--dry-run', 'say what it would take in time and memory, and write nothing');
