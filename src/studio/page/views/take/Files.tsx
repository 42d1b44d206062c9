import { useState } from 'preact/hooks';
import type { About, Export, Fault } from '../../../api.ts';
import type { Choice } from '../../../choice.ts';
import { ask, faultIn, Refused } from '../../ask.ts';
import { FaultLine } from '../../parts/FaultLine.tsx';
import type { Studio } from '../../studio.ts';
import { save, saveText } from './save.ts';
import { readSessionText, SESSION_BYTES, tooLarge } from './session.ts';

export type FilesProps = { readonly studio: Studio; readonly exported: Export | undefined };

/** The session and the contact sheet as files, and a session that was saved before. */
export const Files = ({ studio: { about, choice, choose } }: FilesProps) => {
  const [fault, setFault] = useState<Fault>();
  const [said, setSaid] = useState('');
  const drawSheet = async (): Promise<void> => {
    setSaid('Making the variants …');
    const headers = { 'content-type': 'application/json' };
    const response = await ask('api/sheet', { method: 'POST', headers, body: JSON.stringify(choice) });
    save('sheet.png', await response.blob());
    setSaid('');
  };
  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (file.size > SESSION_BYTES) throw new Refused(tooLarge(file.name));
    choose(readSessionText(await file.text(), file.name));
    setSaid(`Opened ${file.name}`);
  };
  const trying = (work: Promise<void>): void => {
    setFault(undefined);
    work.catch((error) => {
      setSaid('');
      setFault(faultIn(error));
    });
  };
  return (
    <section class="panel files" aria-label="Files">
      <button type="button" class="main" onClick={() => saveText('session.json', sessionText(choice))}>
        Save session.json
      </button>
      <label class="open">
        <span>Open a session</span>
        <input
          type="file"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            trying(open(currentTarget.files?.[0]));
            currentTarget.value = '';
          }}
        />
      </label>
      <button type="button" disabled={!isSheetThere(about, choice.images)} onClick={() => trying(drawSheet())}>
        Save sheet.png
      </button>
      <p class="small" role="status">
        {said}
      </p>
      <p class="small">
        A session is all that was chosen here; it opens again on this page, or with --open session.json. The sheet shows
        the picked images and their variants at strength {choice.strength}.
        {about.measured && ' Here it was drawn before, of all images that were measured.'}
      </p>
      {fault && <FaultLine fault={fault} />}
    </section>
  );
};

const isSheetThere = ({ measured }: About, images: Choice['images']): boolean =>
  measured ? String(measured.images) === String(images) : images.length > 0;

const sessionText = (choice: Choice): string => `${JSON.stringify(choice, undefined, 2)}\n`;
