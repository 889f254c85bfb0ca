// Passing a file chosen on one screen to the next one.

/** @type {File | null} */
let pending = null;

/** Hand a file over to the next screen. @param {File} file */
export function passFile(file) {
  pending = file;
}

/** The file that was handed over, if any; it can be taken only once. */
export function takeFile() {
  const file = pending;
  pending = null;
  return file;
}
