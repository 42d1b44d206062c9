/** One row for each picture: the original as the model sees it, and its variants as they come. */
export const makeRows = (home) => {
  const canvasOf = (row, column) => {
    const canvas = document.createElement('canvas');
    canvas.className = 'waiting';
    canvas.setAttribute('role', 'img');
    const name = column === 0 ? `Picture ${row + 1}` : `Variant ${column} of picture ${row + 1}`;
    canvas.setAttribute('aria-label', name);
    canvas.title = name;
    return canvas;
  };
  return {
    /** As many as are wanted; what is there already stays, faded, until it is drawn anew. */
    prepare(pictures, count) {
      home.style.setProperty('--count', count);
      while (home.children.length > pictures) home.lastChild.remove();
      while (home.children.length < pictures)
        home.append(Object.assign(document.createElement('div'), { className: 'row' }));
      for (const [row, element] of [...home.children].entries()) {
        while (element.children.length > count + 1) element.lastChild.remove();
        while (element.children.length < count + 1) element.append(canvasOf(row, element.children.length));
        for (const canvas of element.children) canvas.classList.add('waiting');
      }
    },
    draw(column, pictures) {
      for (const [row, picture] of pictures.entries()) {
        const canvas = home.children[row]?.children[column];
        if (canvas === undefined) continue;
        [canvas.width, canvas.height] = [picture.width, picture.height];
        canvas.getContext('2d').putImageData(picture, 0, 0);
        canvas.classList.remove('waiting');
      }
    },
  };
};
