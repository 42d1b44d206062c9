/** Has the browser keep a file. */
export const save = (name: string, content: Blob): void => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // the browser may not have begun to read it
};

export const saveText = (name: string, text: string): void => save(name, new Blob([text], { type: 'text/plain' }));
