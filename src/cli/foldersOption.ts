import { type Folders, toFolders } from '../node/data/parts.ts';

/** What `--folders` says of itself. */
export const FOLDERS_TEXT =
  'what folders called train, test and so on are, where their place does not tell: parts or classes';

/** The option, where it was given. @throws ArgumentError `unknown-folders` */
export const foldersOf = ({ folders }: { readonly folders?: string }): { readonly folders?: Folders } =>
  folders === undefined ? {} : { folders: toFolders(folders) };
