// A photograph that is larger than a form takes is made smaller before it is sent. What the browser cannot read goes as it is, and the
// server says what is wrong with it. For pages that have such a field.
//
// <input type="file" data-most="2097152">   the most bytes it may have

const SIDE = 800; // pixels of its shorter side, twice what is shown of it

for (const input of document.querySelectorAll('input[type="file"][data-most]')) {
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file || file.size <= Number(input.dataset.most)) return;
    const smaller = await shrunk(file).catch(() => null);
    if (!smaller || input.files[0] !== file) return;
    const files = new DataTransfer();
    files.items.add(new File([smaller], file.name, { type: smaller.type }));
    input.files = files.files;
  });
}

async function shrunk(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE / Math.min(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}
