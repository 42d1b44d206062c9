import { useConnection } from '../connection.ts';

/** Says over the page that the server is gone, and how to start it again; it leaves when the server is back. */
export const Gone = ({ command }: { readonly command: string }) => {
  const { state } = useConnection();
  return (
    <div class="gone" role="alert" hidden={state === 'there'}>
      {state === 'gone' && (
        <p>
          The studio has stopped. Start it again with: <code>{command}</code>
        </p>
      )}
      {state === 'stranger' && <p>The studio was started anew: open the link that it printed in the terminal.</p>}
    </div>
  );
};
