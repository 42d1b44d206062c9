/** Events of a stream as they come, each as text, up to one that includes something. */
export const listen = (response: Response): ((until: string) => Promise<string[]>) => {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return async (until) => {
    while (!text.includes(until)) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: '' };
      if (done) throw new Error(`the stream ended before ${until}: ${text}`);
      text += value;
    }
    const at = text.indexOf('\n\n', text.indexOf(until));
    const events = text.slice(0, at).split('\n\n');
    text = text.slice(at);
    return events.map((event) => event.trim().replace(/^event: (\w+)\ndata: /, '$1 '));
  };
};
