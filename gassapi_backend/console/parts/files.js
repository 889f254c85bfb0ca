// Files that are taken from the server.

/**
 * Have the browser save an answer of the API as a file, by the name that the server gives it.
 * @param {Response} response
 * @param {string} name where the server gives none
 */
export async function saveAnswer(response, name) {
  const told = /filename\*=UTF-8''([^;]+)/i.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const plain = /filename="([^"]+)"/i.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement("a"), { href: address, download: told ? decodeURIComponent(told) : plain ?? name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
